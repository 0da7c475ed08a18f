"""The suite jupyter_kernel_test over the Wirebook kernel. Run by conformance.test.ts, which installs the kernelspec."""
import unittest

import jupyter_kernel_test


class WirebookKernel(jupyter_kernel_test.KernelTests):
    kernel_name = "wirebook"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oops')"
    completion_samples = [
        {"text": "const fortyTwo = 42; fortyT", "matches": {"fortyTwo"}},
        {"text": "'text'.toUpper", "matches": {"toUpperCase"}},
        {"text": "%he", "matches": {"%help"}},
    ]
    complete_code_samples = [
        "1",
        "const a = 1",
        "console.log('hello, world')",
        "function f(): number {\n  return 1\n}",
        "await Promise.resolve(1)",
        "`a ${'b'} c`",
        "%help",
        "console.log?",
        "%%time\n1 + 1",
    ]
    incomplete_code_samples = [
        "function f() {",
        "console.log(",
        "const a = {",
        "`a ${",
        "`two\nlines",
        "[1, 2,",
        "if (true) {\n  1",
        "/* open",
        "%%time",
    ]
    invalid_code_samples = ["const = 1", "1 +* 2", "}", "let 1a = 2"]
    code_page_something = "console.log?"
    code_generate_error = "throw new RangeError('too far')"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "'a' + 'b'", "result": "'ab'"},
        {"code": "[1, 2, 3].map(x => x ** 2)", "result": "[ 1, 4, 9 ]"},
        {"code": "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>x</b>' }) })", "mime": "text/html", "result": "<b>x</b>"},
    ]
    code_display_data = [
        {"code": "display({ 'text/html': '<b>bold</b>' }, { raw: true })", "mime": "text/html"},
        {"code": "display({ 'image/svg+xml': '<svg xmlns=\"http://www.w3.org/2000/svg\"/>' }, { raw: true })", "mime": "image/svg+xml"},
        {"code": "display({ a: 1 })", "mime": "text/plain"},
    ]
    supported_history_operations = ("tail", "range", "search")
    code_history_pattern = "6*"
    code_inspect_sample = "console.log"
    code_clear_output = "console.log('gone'); clear()"


if __name__ == "__main__":
    unittest.main(verbosity=2)
