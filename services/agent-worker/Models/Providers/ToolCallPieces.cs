using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.Hosting.Identity;

namespace StreamChat.AgentWorker.Models.Providers;

/// <summary>The tool calls of one reply, put together from their pieces.</summary>
/// <param name="taken">Ids of calls that the conversation has already.</param>
/// <param name="ids">For calls that come without an id of their own.</param>
internal sealed class ToolCallPieces(IEnumerable<string> taken, IIdGenerator ids)
{
    // what tool-workers take and databases index
    private const int LongestId = 200;

    private readonly HashSet<string> _taken = new(taken, StringComparer.Ordinal);
    private readonly List<Call> _calls = [];

    /// <summary>Takes the next piece of a call.</summary>
    /// <param name="index">The call's number in the reply; null from a provider that numbers none, which sends each whole or goes on with the last one.</param>
    /// <param name="id">The provider's id of the call, as a rule in the first piece only.</param>
    /// <param name="name">
    /// The tool's name, as a rule in the first piece only. With it, another id, or more arguments where they were whole, begin another call under the same
    /// number.
    /// </param>
    /// <param name="arguments">The next piece of the arguments' JSON text.</param>
    /// <returns>The piece with its call, or null when it says nothing new.</returns>
    public ToolCallDelta? Add(int? index, string? id, string? name, string arguments)
    {
        var call = index is null ? (name is null ? _calls.LastOrDefault() : null) : _calls.FindLast(c => c.Index == index);
        if (call is not null && name is not null && (HasAnotherId(call, id) || (arguments.Length > 0 && IsWhole(call))))
        {
            // some give all calls one number, and some of these one id
            call = null;
        }

        var isNew = call is null;
        if (call is null)
        {
            // within a run a call is known by its id: one that was there before would be answered with its old result
            var own = id is { Length: > 0 and <= LongestId } && !id.Any(char.IsControl) && _taken.Add(id) ? id : $"call_{ids.NewUuid():N}";
            _taken.Add(own);
            _calls.Add(call = new Call(index, id, own, name ?? ""));
        }

        call.Arguments.Append(arguments);
        return isNew || arguments.Length > 0 ? new ToolCallDelta(call.Id, call.Name, arguments) : null;
    }

    /// <summary>All calls. One whose arguments are not a JSON object has an exception, which the model is told about.</summary>
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

    private static bool HasAnotherId(Call call, string? id) => id is { Length: > 0 } && call.GivenId is { Length: > 0 } given && id != given;

    private static bool IsWhole(Call call)
    {
        // most that come in pieces are not parsed for each
        var last = call.Arguments.Length - 1;
        while (last >= 0 && char.IsWhiteSpace(call.Arguments[last]))
        {
            last--;
        }

        if (last < 0 || call.Arguments[last] != '}')
        {
            return false;
        }

        try
        {
            return JsonElement.Parse(call.Arguments.ToString()).ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private sealed record Call(int? Index, string? GivenId, string Id, string Name)
    {
        public StringBuilder Arguments { get; } = new();
    }
}
