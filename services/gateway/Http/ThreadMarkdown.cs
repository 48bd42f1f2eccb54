using System.Globalization;
using System.Text;
using StreamChat.Contracts.Threads;

namespace StreamChat.Gateway.Http;

/// <summary>
/// A thread as Markdown for people. What was said stands as a quotation, so that nothing in it can pass for a heading of another
/// message, and its HTML is shown, not obeyed; Markdown in it is kept.
/// </summary>
internal static class ThreadMarkdown
{
    private const string Special = "\\`*_[]<>#|~&";

    /// <summary>What the file begins with.</summary>
    public static string Head(ThreadSummary thread) =>
        $"# {Escape(thread.Title ?? "Conversation")}\n\nThread {Code(thread.ThreadId)}, begun {Time(thread.CreatedAt)}\n";

    /// <summary>One message, with an empty line before it.</summary>
    public static string Of(ThreadMessage message)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"\n## {Who(message)} · {Time(message.CreatedAt)}{(message.Partial ? " · cut off" : "")}\n");
        if (message.Role == "tool")
        {
            AppendFenced(text, message.Content);
        }
        else if (message.Content.Length > 0)
        {
            AppendQuoted(text, message.Content);
        }

        foreach (var call in message.ToolCalls is { ValueKind: System.Text.Json.JsonValueKind.Array } calls ? calls.EnumerateArray() : default)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nCalls {Code(call.GetProperty("name").GetString() ?? "")}\n");
            AppendFenced(text, call.GetProperty("arguments").GetRawText());
        }

        return text.ToString();
    }

    private static string Who(ThreadMessage message) => message.Role switch
    {
        "user" => "User",
        "assistant" => Escape(message.Agent ?? "Assistant"),
        "tool" => $"Result of {Code(message.ToolCallId ?? "")}",
        var role => Escape(role),
    };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static void AppendQuoted(StringBuilder text, string content)
    {
        text.Append('\n');
        string? fence = null;
        foreach (var line in content.ReplaceLineEndings("\n").Split('\n'))
        {
            if (fence is not null)
            {
                text.Append("> ").Append(line).Append('\n');
                var trimmed = line.Trim();
                fence = trimmed.StartsWith(fence, StringComparison.Ordinal) && trimmed.All(c => c == fence[0]) ? null : fence;
                continue;
            }

            fence = Fence(line);
            text.Append("> ").Append(fence is null ? ShowHtml(line) : line).Append('\n');
        }
    }

    /// <summary>
    /// The run of backticks or tildes that begins a block of code; null when the line begins none. Only at the edge: behind spaces it may
    /// be code itself, or belong to an item of a list, with which the block would end.
    /// </summary>
    private static string? Fence(string line)
    {
        var mark = line.Length > 0 && line[0] is '`' or '~' ? line[0] : default;
        var length = mark == default ? 0 : line.TakeWhile(c => c == mark).Count();

        // an info string with backticks makes it a code span, which ends on its line
        return length < 3 || (mark == '`' && line.AsSpan(length).Contains('`')) ? null : line[..length];
    }

    private static string ShowHtml(string line)
    {
        if (!line.Contains('<', StringComparison.Ordinal))
        {
            return line;
        }

        var shown = new StringBuilder();
        for (var i = 0; i < line.Length; i++)
        {
            var begins = line[i] == '<' && i + 1 < line.Length && (char.IsAsciiLetter(line[i + 1]) || line[i + 1] is '/' or '!' or '?');
            shown.Append(begins ? "&lt;" : line[i].ToString());
        }

        return shown.ToString();
    }

    private static void AppendFenced(StringBuilder text, string content)
    {
        var fence = new string('`', Math.Max(3, LongestRun(content) + 1));
        text.Append('\n').Append(fence).Append('\n').Append(content.ReplaceLineEndings("\n"));
        text.Append(content.EndsWith('\n') ? "" : "\n").Append(fence).Append('\n');
    }

    private static string Code(string text)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        var marks = new string('`', LongestRun(line) + 1);
        return marks.Length == 1 ? $"`{line}`" : $"{marks} {line} {marks}";
    }

    private static int LongestRun(string text)
    {
        var (longest, run) = (0, 0);
        foreach (var c in text)
        {
            run = c == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    private static string Escape(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) ? " " : Special.Contains(c, StringComparison.Ordinal) ? $"\\{c}" : c.ToString()));
}
