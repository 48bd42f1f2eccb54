using StreamChat.Abuse.Product;

namespace StreamChat.Fuzz;

/// <summary>Reads the logs of all processes as they grow, and reports what none of them should hold.</summary>
internal sealed class LogWatch(IReadOnlyList<ProductProcess> processes, Findings findings)
{
    private static readonly string[] Marks = ["Unhandled exception", "unhandled exception", "Out of memory", "Process terminated", " crit: "];

    // a library that reports an error; while forged messages are on the bus, that is what it should do
    private const string Error = " fail: ";

    private readonly long[] _read = new long[processes.Count];

    /// <summary>Reads what is new.</summary>
    /// <param name="errorsAreFaults">Whether errors are findings too.</param>
    public void Read(bool errorsAreFaults)
    {
        for (var i = 0; i < processes.Count; i++)
        {
            var process = processes[i];
            using var stream = new FileStream(process.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            stream.Position = _read[i];
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is { } line)
            {
                if (Marks.Any(m => line.Contains(m, StringComparison.Ordinal)))
                {
                    findings.Add($"log of {process.Name}", line);
                }
                else if (line.Contains(Error, StringComparison.Ordinal))
                {
                    findings.Count($"errors in the log of {process.Name}");
                    if (errorsAreFaults)
                    {
                        findings.Add($"error in the log of {process.Name}", line);
                    }
                }
            }

            _read[i] = stream.Position;
        }
    }
}
