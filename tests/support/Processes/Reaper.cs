using System.Diagnostics;

namespace StreamChat.TestSupport.Processes;

/// <summary>
/// Cleans up after this process however it ends, a crash and SIGKILL included: a shell that waits for our end of its input to
/// close, and then does what is still on its list.
/// </summary>
internal static class Reaper
{
    private const string Script = """
        trap '' INT TERM HUP
        jobs=''
        while read -r verb id command; do
            case "$verb" in
                add) eval "job_$id=\$command"; jobs="$jobs $id" ;;
                drop) unset "job_$id" ;;
            esac
        done
        for id in $jobs; do
            eval "command=\${job_$id-}"
            [ -z "$command" ] || eval "$command" >/dev/null 2>&1
        done
        """;

    private static readonly Lock Gate = new();
    private static Process? _shell;
    private static int _lastId;

    /// <summary>Has a shell command run when this process has ended, unless it is disposed before.</summary>
    /// <param name="command">One line for <c>sh</c>.</param>
    public static IDisposable Add(string command)
    {
        lock (Gate)
        {
            _shell ??= Start();
            var id = ++_lastId;
            Tell($"add {id} {command}");
            return new Job(id);
        }
    }

    private static Process Start() => Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script]) { RedirectStandardInput = true })!;

    private static void Tell(string line)
    {
        _shell!.StandardInput.Write(line + "\n");
        _shell.StandardInput.Flush();
    }

    private sealed class Job(int id) : IDisposable
    {
        private bool _dropped;

        public void Dispose()
        {
            lock (Gate)
            {
                if (!_dropped)
                {
                    _dropped = true;
                    Tell($"drop {id}");
                }
            }
        }
    }
}
