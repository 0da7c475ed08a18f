#!/usr/bin/perl
# The guest's end of the microvm's one byte stream: runs programs, opens terminals and connects to unix sockets, many at
# once. Perl because it is in every Debian tree (perl-base is essential), forks cheaply under emulation, and can call
# setns(2) and ioctl(2) itself. The other end is ../link.ts; the frames are described in ../frames.ts.
use strict;
use warnings;
use Fcntl;
use POSIX ();
use Socket;

# x86-64 numbers, from the kernel's arch/x86/entry/syscalls/syscall_64.tbl
use constant { SYS_clock_settime => 227, SYS_setns => 308, SYS_reboot => 169 };
# asm-generic/ioctls.h and linux/random.h
use constant { TIOCSCTTY => 0x540E, TIOCSWINSZ => 0x5414, TIOCSPTLCK => 0x40045431, TIOCGPTN => 0x80045430 };
use constant { RNDADDENTROPY => 0x40085203, RNDRESEEDCRNG => 0x5207 };
# The channel of the program that builds the lab: it goes on through a snapshot.
use constant PLAN => 1;
use constant { CHUNK => 32768, WINDOW => 262144, BACKLOG => 1048576 };

my ($port, $incoming, $outgoing) = (undef, '', '');
my %channels;       # number => channel
my %by_pid;         # process => channel

$SIG{PIPE} = 'IGNORE';
pipe(my $child_ended, my $child_ends) or die "pipe: $!";
nonblocking($_) for $child_ended, $child_ends;
$SIG{CHLD} = sub { syswrite $child_ends, '.' };

# The device appears a moment after its module is loaded.
my $deadline = time + 20;
until ((my $path = (glob '/dev/vport*p1')[0] // '') && sysopen $port, $path, O_RDWR | O_NONBLOCK) {
  die "the virtio port cannot be opened: $!" if time > $deadline;
  select undef, undef, undef, 0.02;
}
send_frame('H', 0, 'wirebook agent 1');
loop();

sub loop {
  while (1) {
    my ($reads, $writes) = ('', '');
    vec($reads, fileno $port, 1) = 1;
    vec($reads, fileno $child_ended, 1) = 1;
    vec($writes, fileno $port, 1) = 1 if length $outgoing;
    for my $channel (values %channels) {
      if (length $outgoing < BACKLOG && $channel->{credit} > 0) {
        vec($reads, fileno $_, 1) = 1 for values %{ $channel->{out} };
      }
      vec($writes, fileno $channel->{in}, 1) = 1 if $channel->{in} && length $channel->{pending};
    }
    next if select($reads, $writes, undef, undef) < 0;
    read_port() if vec($reads, fileno $port, 1);
    for my $channel (values %channels) {
      write_channel($channel) if $channel->{in} && length $channel->{pending} && vec($writes, fileno $channel->{in}, 1);
      for my $stream (keys %{ $channel->{out} }) {
        my $handle = $channel->{out}{$stream};
        read_channel($channel, $stream) if $handle && vec($reads, fileno $handle, 1);
      }
    }
    reap() if vec($reads, fileno $child_ended, 1);
    write_port() if length $outgoing;
  }
}

# ---- the stream

sub read_port {
  my $count = sysread $port, $incoming, 65536, length $incoming;
  if (!defined $count) {
    return if $!{EAGAIN} || $!{EINTR};
    power_off();
  }
  # The owner has gone: so does the machine.
  power_off() if $count == 0;
  while (length $incoming >= 4) {
    my $length = unpack 'N', $incoming;
    last if length $incoming < 4 + $length;
    my $frame = substr $incoming, 0, 4 + $length, '';
    my ($type, $number) = unpack 'x4 a1 N', $frame;
    # What goes wrong with one channel ends that channel, not the machine.
    eval { receive($type, $number, substr $frame, 9); 1 } or send_frame('F', $number, "the agent failed: $@");
  }
}

sub write_port {
  my $count = syswrite $port, $outgoing, CHUNK;
  substr $outgoing, 0, $count, '' if defined $count;
}

sub send_frame {
  my ($type, $number, $payload) = @_;
  $outgoing .= pack('N a1 N', 5 + length $payload, $type, $number) . $payload;
}

sub receive {
  my ($type, $number, $payload) = @_;
  return hello($payload) if $type eq 'H';
  return quiesce() if $type eq 'Q';
  return open_channel($number, $payload) if $type eq 'O';
  my $channel = $channels{$number} or return;
  if ($type eq 'D') {
    return unless $channel->{in};
    $channel->{pending} .= $payload;
    write_channel($channel);
  } elsif ($type eq 'E') {
    $channel->{ending} = 1;
    write_channel($channel) if $channel->{in};
  } elsif ($type eq 'W') {
    $channel->{credit} += unpack 'N', $payload;
  } elsif ($type eq 'S') {
    signal($channel, unpack 'C', $payload);
  } elsif ($type eq 'R') {
    my ($columns, $rows) = unpack 'n n', $payload;
    ioctl $channel->{in}, TIOCSWINSZ, pack('S4', $rows, $columns, 0, 0) if $channel->{pty} && $channel->{in};
  } elsif ($type eq 'C') {
    drop($channel);
  }
}

# A new owner, after a start or a restore: its clock and its random bytes become ours.
sub hello {
  my ($seconds, $nanoseconds, $random) = unpack 'N N a*', $_[0];
  my $time = pack 'q q', $seconds, $nanoseconds;
  syscall SYS_clock_settime, 0, $time;
  if (sysopen my $urandom, '/dev/urandom', O_WRONLY) {
    ioctl $urandom, RNDADDENTROPY, pack('i i a*', 8 * length $random, length $random, $random);
    ioctl $urandom, RNDRESEEDCRNG, 0;
  }
  send_frame('H', 0, 'wirebook agent 1');
}

# Before a snapshot: nothing of this owner's channels may wake up with the next one.
sub quiesce {
  $_->{number} == PLAN or drop($_) for values %channels;
  send_frame('Q', 0, '');
}

# ---- channels

# Payload: words, each ended by NUL: kind, process whose namespaces to enter (0: none), folder, columns, rows,
# number of variables, NAME=value …, program and arguments; for kind "unix" the program is the socket's path.
sub open_channel {
  my ($number, $payload) = @_;
  my ($kind, $process, $folder, $columns, $rows, $variables, @words) = split /\0/, $payload, -1;
  pop @words;
  my %environment = map { split /=/, $_, 2 } splice @words, 0, $variables;
  my $channel = { number => $number, credit => WINDOW, pending => '', out => {} };
  my $failure =
    $kind eq 'unix' ? connect_unix($channel, $words[0])
    : start($channel, $kind eq 'pty', $process, $folder, $columns, $rows, \%environment, \@words);
  if (defined $failure) {
    send_frame('F', $number, $failure);
  } else {
    $channels{$number} = $channel;
  }
}

sub connect_unix {
  my ($channel, $path) = @_;
  socket(my $socket, PF_UNIX, SOCK_STREAM, 0) or return "socket: $!";
  connect($socket, pack_sockaddr_un($path)) or return "$path: $!";
  nonblocking($socket);
  $channel->{in} = $socket;
  $channel->{socket} = 1;
  $channel->{out}{1} = $socket;
  return undef;
}

sub start {
  my ($channel, $pty, $process, $folder, $columns, $rows, $environment, $words) = @_;
  my ($terminal_path, @child, @parent);
  if ($pty) {
    sysopen(my $master, '/dev/ptmx', O_RDWR | O_NOCTTY) or return "/dev/ptmx: $!";
    my $index = pack 'i', 0;
    my $unlocked = pack 'i', 0;
    ioctl $master, TIOCGPTN, $index or return "pty: $!";
    ioctl $master, TIOCSPTLCK, $unlocked or return "pty: $!";
    ioctl $master, TIOCSWINSZ, pack('S4', $rows, $columns, 0, 0);
    sysopen(my $slave, '/dev/pts/' . unpack('i', $index), O_RDWR | O_NOCTTY) or return "pty: $!";
    @child = ($slave, $slave, $slave);
    @parent = ($master, $master);
  } else {
    pipe(my $in_read, my $in_write) or return "pipe: $!";
    pipe(my $out_read, my $out_write) or return "pipe: $!";
    pipe(my $error_read, my $error_write) or return "pipe: $!";
    @child = ($in_read, $out_write, $error_write);
    @parent = ($in_write, $out_read, $error_read);
  }
  # Only children enter a process namespace (setns(2)): ours is set for the moment of the fork.
  enter($process, 'pid') or return "the machine has ended: $!" if $process;
  my $pid = fork;
  my $fork_error = $!;
  enter('self', 'pid') if $process && $pid;
  return "fork: $fork_error" unless defined $pid;
  if ($pid == 0) {
    $SIG{$_} = 'DEFAULT' for qw(PIPE CHLD);
    POSIX::setsid();
    POSIX::dup2(fileno $child[$_], $_) for 0 .. 2;
    ioctl STDIN, TIOCSCTTY, 0 if $pty;
    become($process, $folder, $environment, $words);
  }
  close $_ for @child;
  nonblocking($_) for @parent;
  $channel->{pid} = $pid;
  $channel->{pty} = $pty;
  $channel->{in} = $parent[0];
  $channel->{out}{1} = $parent[1];
  $channel->{out}{2} = $parent[2] if $parent[2];
  $by_pid{$pid} = $channel;
  return undef;
}

# In the child: enters the machine's namespaces, then becomes the program. 126 and 127 as a shell has them.
sub become {
  my ($process, $folder, $environment, $words) = @_;
  if ($process) {
    # /proc/PID is no longer to be found once the mount namespace is another, so that one is last.
    for my $kind (qw(ipc uts net cgroup mnt)) {
      enter($process, $kind) or fail_start(126, "cannot enter the machine's $kind namespace: $!");
    }
  }
  chdir($folder || '/') or fail_start(126, "cannot enter the folder $folder: $!");
  $ENV{$_} = $environment->{$_} for keys %$environment;
  no warnings 'exec';
  exec { $words->[0] } @$words;
  fail_start($!{ENOENT} ? 127 : 126, "$words->[0]: $!");
}

sub enter {
  my ($process, $kind) = @_;
  open(my $handle, '<', "/proc/$process/ns/$kind") or return 0;
  return syscall(SYS_setns, fileno $handle, 0) == 0;
}

sub fail_start {
  my ($status, $reason) = @_;
  syswrite STDERR, "$reason\n";
  POSIX::_exit($status);
}

sub read_channel {
  my ($channel, $stream) = @_;
  my $most = $channel->{credit} < CHUNK ? $channel->{credit} : CHUNK;
  return if $most <= 0;
  my $data = q();
  my $count = sysread $channel->{out}{$stream}, $data, $most;
  if ($count) {
    $channel->{credit} -= $count;
    send_frame('D', $channel->{number}, chr($stream) . $data);
    return;
  }
  return if !defined $count && ($!{EAGAIN} || $!{EINTR});
  # End of file; a terminal whose last process has gone reads as EIO.
  delete $channel->{out}{$stream};
  send_frame('E', $channel->{number}, chr $stream);
  finish($channel);
}

sub write_channel {
  my ($channel) = @_;
  if (length $channel->{pending}) {
    my $count = syswrite $channel->{in}, $channel->{pending}, CHUNK;
    if (defined $count) {
      substr $channel->{pending}, 0, $count, '';
      send_frame('W', $channel->{number}, pack 'N', $count);
    } elsif (!$!{EAGAIN} && !$!{EINTR}) {
      # Nobody reads it any more: take it as read, as a shell's pipe does after SIGPIPE.
      send_frame('W', $channel->{number}, pack 'N', length $channel->{pending});
      $channel->{pending} = '';
      delete $channel->{in} unless $channel->{pty} || $channel->{socket};
      return;
    }
  }
  if ($channel->{ending} && !length $channel->{pending}) {
    if ($channel->{socket}) {
      shutdown $channel->{in}, 1;
    } elsif ($channel->{pty}) {
      syswrite $channel->{in}, "\x04";
    } else {
      close delete $channel->{in};
    }
    $channel->{ending} = 0;
  }
}

sub reap {
  sysread($child_ended, my $ignored, 4096);
  while ((my $pid = waitpid -1, POSIX::WNOHANG) > 0) {
    my $status = $?;
    my $channel = delete $by_pid{$pid} or next;
    $channel->{exit} = $status & 127 ? 128 + ($status & 127) : $status >> 8;
    # A terminal's programs in the background do not keep it: what they have written is read, then it ends.
    if ($channel->{pty}) {
      while ($channel->{out}{1} && $channel->{credit} > 0) {
        my $before = length $outgoing;
        read_channel($channel, 1);
        last if length $outgoing == $before;
      }
      delete $channel->{out}{1};
    }
    finish($channel);
  }
}

# A channel ends when its process has and all that was written has been read.
sub finish {
  my ($channel) = @_;
  return if %{ $channel->{out} } || !$channels{ $channel->{number} };
  return if !$channel->{socket} && !defined $channel->{exit};
  send_frame('X', $channel->{number}, pack 'C', $channel->{exit} // 0);
  delete $channels{ $channel->{number} };
}

# The process leads a session and a group of its own; both get the signal.
sub signal {
  my ($channel, $number) = @_;
  return if !$channel->{pid} || defined $channel->{exit};
  kill $number, -$channel->{pid} or kill $number, $channel->{pid};
}

# Forgets a channel; its process is ended.
sub drop {
  my ($channel) = @_;
  signal($channel, 9);
  delete $by_pid{ $channel->{pid} } if $channel->{pid};
  delete $channels{ $channel->{number} };
}

sub nonblocking {
  my ($handle) = @_;
  fcntl $handle, F_SETFL, fcntl($handle, F_GETFL, 0) | O_NONBLOCK;
}

sub power_off {
  syscall SYS_reboot, 0xfee1dead, 0x28121969, 0x4321fedc, 0;
  POSIX::_exit(1);
}
