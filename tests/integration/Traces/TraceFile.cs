using System.Text.Json;

namespace StreamChat.IntegrationTests.Traces;

/// <summary>
/// A recorded conversation. One line a step: <c>connect PATH</c>, <c>model STEPS</c> (what the model does when it is asked next),
/// <c>&gt; FRAME</c> from the client, <c>&lt; FRAME</c> from the server, <c>close CODE</c>; <c>#</c> begins a comment. A frame of the
/// client that is not JSON stands as it is, a binary one as <c>binary</c>.
/// </summary>
internal sealed record TraceFile(string Name, string Path, IReadOnlyList<JsonElement> Model, IReadOnlyList<TraceStep> Steps)
{
    public static readonly string Folder = System.IO.Path.Combine(TestSupport.Processes.RepositoryLayout.Root, "tests", "integration", "Traces", "Recorded");

    /// <summary>All of them, as <c>dialect/name</c>.</summary>
    public static IEnumerable<string> Names() => Directory.EnumerateFiles(Folder, "*.trace", SearchOption.AllDirectories)
        .Select(f => System.IO.Path.ChangeExtension(System.IO.Path.GetRelativePath(Folder, f), null).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    public static TraceFile Read(string name)
    {
        var path = "";
        List<JsonElement> model = [];
        List<TraceStep> steps = [];
        foreach (var line in File.ReadLines(System.IO.Path.Combine(Folder, name + ".trace")).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#'))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var (word, rest) = space < 0 ? (line, "") : (line[..space], line[(space + 1)..]);
            switch (word)
            {
                case "connect":
                    path = rest;
                    break;
                case "model":
                    model.Add(JsonElement.Parse(rest));
                    break;
                case ">":
                    steps.Add(new TraceStep(TraceStepKind.Client, rest));
                    break;
                case "<":
                    steps.Add(new TraceStep(TraceStepKind.Server, rest));
                    break;
                case "close":
                    steps.Add(new TraceStep(TraceStepKind.Close, rest));
                    break;
                default:
                    throw new FormatException($"{name}: {line}");
            }
        }

        return new TraceFile(name, path, model, steps);
    }
}

internal sealed record TraceStep(TraceStepKind Kind, string Text);

internal enum TraceStepKind
{
    Client,
    Server,
    Close,
}
