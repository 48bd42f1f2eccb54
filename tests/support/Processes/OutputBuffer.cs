namespace StreamChat.TestSupport.Processes;

/// <summary>The last lines that a process wrote.</summary>
internal sealed class OutputBuffer
{
    private const int MaxLines = 5_000;

    private readonly Queue<string> _lines = [];

    public void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lines)
        {
            if (_lines.Count == MaxLines)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line);
        }
    }

    public override string ToString()
    {
        lock (_lines)
        {
            return string.Join('\n', _lines);
        }
    }
}
