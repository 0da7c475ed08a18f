/**
 * Echo requests with "don't fragment", which busybox's ping cannot set. A short Perl program: perl-base is on every Debian
 * system, and its Socket module can set IP_MTU_DISCOVER. It prints as ping does, so one parser reads both.
 *
 * IP_PMTUDISC_PROBE (ip(7)) sets DF and ignores the path MTU that the kernel may remember, so that each probe is really sent;
 * what is larger than the own interface's MTU fails at once with EMSGSIZE.
 */
const program = String.raw`
use strict; use warnings; use Socket; use Errno qw(EINTR);
$| = 1;
my ($target, $count, $interval, $timeout, $ttl, $tries, @sizes) = @ARGV;
my $search = $sizes[0] eq 'search';
my $address = inet_aton($target) or do { print STDERR "ping: bad address '$target'\n"; exit 1 };
my $shown = inet_ntoa($address);
socket(my $s, AF_INET, SOCK_RAW, 1) or do { print STDERR "ping: socket: $!\n"; exit 2 };
setsockopt($s, 0, 10, pack('i', 3));
setsockopt($s, 0, 2, pack('i', $ttl)) if $ttl;
my $to = pack_sockaddr_in(0, $address);
connect($s, $to) or do { print STDERR "ping: connect: $!\n"; exit 1 };
# A second socket: a connected one would not see the errors that routers report.
socket(my $r, AF_INET, SOCK_RAW, 1);
my $id = $$ & 0xffff;
my ($seq, $sent, $received, $stop) = (0, 0, 0, 0);
$SIG{INT} = $SIG{TERM} = sub { $stop = 1 };

my $machine = (require POSIX, (POSIX::uname())[4])[-1];
my $clock = $machine eq 'x86_64' ? 228 : 113;
sub now { my $t = pack('q2', 0, 0); syscall($clock, 1, $t); my ($s, $n) = unpack('q2', $t); $s + $n / 1e9 }

sub checksum { my $d = shift; $d .= "\0" if length($d) % 2; my $n = 0; $n += $_ for unpack('n*', $d); $n = ($n >> 16) + ($n & 0xffff) while $n >> 16; ~$n & 0xffff }

# One request: 'reply' or the words of what came in its place.
sub probe {
  my ($size, $quiet) = @_;
  $seq = ($seq + 1) & 0xffff;
  my $body = 'w' x $size;
  my $packet = pack('CCnnn', 8, 0, checksum(pack('CCnnn', 8, 0, 0, $id, $seq) . $body), $id, $seq) . $body;
  my $began = now();
  $sent++;
  unless (defined send($s, $packet, 0)) {
    my $error = lcfirst "$!";
    my $mtu = getsockopt($s, 0, 14);
    $error .= ', mtu=' . unpack('i', $mtu) if $!{EMSGSIZE} && defined $mtu;
    print STDERR "ping: local error: $error\n" unless $quiet;
    return ($error, undef, undef);
  }
  my $left;
  while (($left = $began + $timeout - now()) > 0 && !$stop) {
    my $bits = ''; vec($bits, fileno($r), 1) = 1;
    last if select($bits, undef, undef, $left) <= 0;
    my $from = recv($r, my $data, 65536, 0);
    next unless defined $from;
    my $ms = (now() - $began) * 1000;
    my $header = (ord($data) & 15) * 4;
    next if length($data) < $header + 8;
    my ($type, $code, undef, $gotId, $gotSeq) = unpack('CCnnn', substr($data, $header, 8));
    my $who = inet_ntoa(substr($data, 12, 4));
    if ($type == 0 && $gotId == $id && $gotSeq == $seq) {
      $received++;
      printf "%d bytes from %s: seq=%d ttl=%d time=%.3f ms\n", length($data) - $header, $who, $seq - 1, ord(substr($data, 8, 1)), $ms unless $quiet;
      return ('reply', $who, undef);
    }
    next unless $type == 3 || $type == 11 || $type == 12;
    my $quoted = substr($data, $header + 8);
    next if length($quoted) < 28;
    my $inner = (ord($quoted) & 15) * 4;
    next if length($quoted) < $inner + 8;
    next unless substr($quoted, 16, 4) eq $address;
    my (undef, undef, undef, $sentId, $sentSeq) = unpack('CCnnn', substr($quoted, $inner, 8));
    next unless $sentId == $id && $sentSeq == $seq;
    my $words = $type == 11 ? 'Time to live exceeded' : $type == 12 ? 'Parameter problem'
      : $code == 4 ? "Frag needed and DF set (mtu = $gotSeq)" : $code == 0 ? 'Destination Net Unreachable'
      : $code == 1 ? 'Destination Host Unreachable' : $code == 13 ? 'Packet filtered' : "Destination unreachable, code $code";
    print "From $who icmp_seq=$seq $words\n" unless $quiet;
    return ($words, $who, undef);
  }
  return ($stop ? 'interrupted' : 'no answer', undef, undef);
}

if (!$search) {
  my $size = $sizes[0];
  print "PING $target ($shown): $size data bytes\n";
  for my $n (1 .. $count) {
    last if $stop;
    my $began = now();
    probe($size, 0);
    my $rest = $began + $interval - now();
    select(undef, undef, undef, $rest) if $n < $count && $rest > 0 && !$stop;
  }
  printf "\n--- %s ping statistics ---\n%d packets transmitted, %d packets received, %d%% packet loss\n",
    $target, $sent, $received, $sent ? 100 * ($sent - $received) / $sent : 100;
  exit($received ? 0 : 1);
}

# Largest payload that passes: between $low, which passes, and $high, which does not.
my (undef, $low, $high) = @sizes;
# Only silence is asked again: a reply and an error are definite.
sub ask {
  my ($size) = @_;
  my ($words, $who);
  for (1 .. $tries) { ($words, $who) = probe($size, 1); last if $stop || $words ne 'no answer' }
  print join("\t", 'probe', $size, $words, defined $who ? $who : ''), "\n";
  return $words eq 'reply';
}
exit 1 unless ask($low);
while ($high - $low > 1 && !$stop) {
  my $middle = int(($low + $high) / 2);
  if (ask($middle)) { $low = $middle } else { $high = $middle }
}
print join("\t", 'best', $low), "\n" unless $stop;
exit($stop ? 130 : 0);
`

export interface ProbeOptions { target: string; count: number; interval: number; sizes: [number]; timeout: number; ttl?: number | undefined }

/** A ping with DF: prints as busybox's ping does, and errors as iputils' does. */
export function probeCommand({ target, count, interval, sizes, timeout, ttl = 0 }: ProbeOptions): string[] {
  return ['perl', '-e', program, '--', target, ...[count, interval, timeout, ttl, 1, ...sizes].map(String)]
}

/**
 * A binary search for the largest payload that passes with DF, between one that passes and one that does not. A line
 * `probe SIZE WORDS REPORTER` for each size, fields between tabs, and `best SIZE` at the end.
 */
export function searchCommand({ target, low, high, timeout, tries }: { target: string; low: number; high: number; timeout: number; tries: number }): string[] {
  return ['perl', '-e', program, '--', target, '1', '0', String(timeout), '0', String(tries), 'search', String(low), String(high)]
}
