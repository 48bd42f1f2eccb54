using StreamChat.TestSupport.Processes;

namespace StreamChat.Fuzz;

/// <summary>Valid frames of every dialect, by the path of its socket: those of the recorded conversations, and of the native protocol all that there are.</summary>
internal static class Corpus
{
    private const string SomeRun = "0192f0c1-7b1e-7c3a-9a55-0123456789ab";

    private static readonly string[] Native =
    [
        "{\"type\":\"run\",\"threadId\":\"t\",\"runId\":\"" + SomeRun + "\",\"messages\":[{\"id\":\"m\",\"role\":\"user\",\"content\":\"What is 2 + 2?\"}],"
            + "\"tools\":[{\"name\":\"pick\",\"description\":\"Picks.\",\"parameters\":{\"type\":\"object\"}}],\"context\":[{\"description\":\"city\",\"value\":\"Paris\"}],"
            + "\"state\":{\"mood\":\"calm\",\"city\":\"Paris\"},\"forwardedProps\":{\"x\":1},\"agent\":\"triage\",\"model\":\"demo\",\"personality\":\"friendly\","
            + "\"whenBusy\":\"enqueue\",\"useTools\":true}",
        "{\"type\":\"run\",\"messages\":[{\"role\":\"user\",\"content\":\"add a note: milk\"}]}",
        "{\"type\":\"run\",\"messages\":[{\"role\":\"user\",\"content\":\"\",\"images\":[{\"mediaType\":\"image/png\",\"data\":\"AAAA\"}]}]}",
        "{\"type\":\"run\",\"messages\":[{\"role\":\"system\",\"content\":\"x\"},{\"role\":\"user\",\"content\":\"weather in Paris and news\"}],\"whenBusy\":\"interrupt\"}",
        "{\"type\":\"cancel\",\"runId\":\"" + SomeRun + "\",\"threadId\":\"t\"}",
        "{\"type\":\"tool_result\",\"runId\":\"" + SomeRun + "\",\"toolCallId\":\"c\",\"content\":\"x\",\"isError\":false}",
        "{\"type\":\"attach\",\"runId\":\"" + SomeRun + "\",\"threadId\":\"t\",\"attempt\":1,\"afterSeq\":0}",
        "{\"type\":\"join\",\"threadId\":\"t\",\"except\":[\"" + SomeRun + "\"]}",
        "{\"type\":\"join\",\"threadId\":\"~room/lobby\"}",
        "{\"type\":\"leave\",\"threadId\":\"t\"}",
        "{\"type\":\"auth\",\"token\":\"x\"}",
        "{\"type\":\"ping\",\"id\":\"7\"}",
    ];

    /// <summary>Paths of sockets, each with the frames that go to it.</summary>
    /// <exception cref="DirectoryNotFoundException">There are no recorded conversations.</exception>
    public static IReadOnlyList<(string Path, IReadOnlyList<string> Frames)> Load()
    {
        var folder = Path.Combine(RepositoryLayout.Root, "tests", "integration", "Traces", "Recorded");
        List<(string, IReadOnlyList<string>)> all = [("/ws/v1?user_id=fuzz", Native)];
        foreach (var file in Directory.EnumerateFiles(folder, "*.trace", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var lines = File.ReadAllLines(file);
            var path = lines.FirstOrDefault(l => l.StartsWith("connect ", StringComparison.Ordinal))?["connect ".Length..];
            string[] frames = [.. lines.Where(l => l.StartsWith("> {", StringComparison.Ordinal)).Select(l => l[2..])];
            if (path is not null && frames.Length > 0)
            {
                all.Add((path, frames));
            }
        }

        return all;
    }
}
