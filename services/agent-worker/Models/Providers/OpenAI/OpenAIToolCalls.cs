using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.Hosting.Identity;

namespace StreamChat.AgentWorker.Models.Providers.OpenAI;

/// <summary>The tool calls of one reply, put together from their pieces.</summary>
/// <param name="taken">Ids of calls that the conversation has already.</param>
/// <param name="ids">For calls that come without an id of their own.</param>
internal sealed class OpenAIToolCalls(IEnumerable<string> taken, IIdGenerator ids)
{
    // what tool-workers take and databases index
    private const int LongestId = 200;

    private readonly HashSet<string> _taken = new(taken, StringComparer.Ordinal);
    private readonly List<Call> _calls = [];

    /// <summary>Takes the pieces of one chunk.</summary>
    /// <param name="pieces">The field <c>tool_calls</c> of its delta.</param>
    public IEnumerable<AIContent> Add(JsonElement pieces)
    {
        foreach (var piece in pieces.EnumerateArray())
        {
            var function = piece.TryGetProperty("function", out var value) && value.ValueKind == JsonValueKind.Object ? value : default;
            var call = Find(piece, Text(piece, "id"), Text(function, "name"), out var isNew);
            var arguments = Text(function, "arguments") ?? "";
            call.Arguments.Append(arguments);
            if (isNew || arguments.Length > 0)
            {
                yield return new ToolCallDelta(call.Id, call.Name, arguments);
            }
        }
    }

    /// <summary>All calls, complete. One whose arguments are no JSON object says so, for the model to hear of it.</summary>
    public IEnumerable<FunctionCallContent> Complete() =>
        _calls.Select(c => FunctionCallContent.CreateFromParsedArguments(c.Arguments.ToString(), c.Id, c.Name, Parse));

    private static IDictionary<string, object?> Parse(string arguments)
    {
        // some send nothing where there are no arguments
        if (string.IsNullOrWhiteSpace(arguments))
        {
            return new Dictionary<string, object?>();
        }

        var json = JsonElement.Parse(arguments);
        return json.ValueKind == JsonValueKind.Object
            ? json.EnumerateObject().ToDictionary(p => p.Name, object? (p) => p.Value)
            : throw new JsonException("The arguments are no JSON object.");
    }

    private Call Find(JsonElement piece, string? id, string? name, out bool isNew)
    {
        var index = piece.TryGetProperty("index", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : (int?)null;

        // an endpoint that numbers no calls sends each whole, or goes on with the last one
        var found = index is null ? (name is null ? _calls.LastOrDefault() : null) : _calls.Find(c => c.Index == index);
        isNew = found is null;
        if (found is null)
        {
            // within a run a call is known by its id: one that was there before would be answered with its old result
            var own = id is { Length: > 0 and <= LongestId } && !id.Any(char.IsControl) && _taken.Add(id) ? id : $"call_{ids.NewUuid():N}";
            _taken.Add(own);
            _calls.Add(found = new Call(index, own, name ?? ""));
        }

        return found;
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private sealed record Call(int? Index, string Id, string Name)
    {
        public StringBuilder Arguments { get; } = new();
    }
}
