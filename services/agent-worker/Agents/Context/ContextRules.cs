using System.Text.Json;
using System.Text.Json.Nodes;

namespace StreamChat.AgentWorker.Agents.Context;

/// <summary>What may stand in a context.</summary>
internal static class ContextRules
{
    /// <returns>What is wrong, or null.</returns>
    public static string? Problem(JsonObject context, IEnumerable<string> texts)
    {
        foreach (var name in texts)
        {
            if (context[name] is { } value && value.GetValueKind() != JsonValueKind.String)
            {
                return $"'{name}' is text";
            }
        }

        return Problem(context, level: 1);
    }

    private static string? Problem(JsonNode? node, int level)
    {
        if (level > ThreadContext.Levels)
        {
            return $"values nest at most {ThreadContext.Levels} levels deep";
        }

        return node switch
        {
            JsonObject members => members.Select(m => NameProblem(m.Key) ?? Problem(m.Value, level + 1)).FirstOrDefault(p => p is not null),
            JsonArray items => items.Select(i => Problem(i, level + 1)).FirstOrDefault(p => p is not null),
            JsonValue value when value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length > ThreadContext.LongestText =>
                $"a text has at most {ThreadContext.LongestText} characters",
            _ => null,
        };
    }

    private static string? NameProblem(string name) =>
        name.Length is > 0 and <= ThreadContext.LongestName && !name.Any(char.IsControl) ? null : $"a name has 1 to {ThreadContext.LongestName} characters on one line";
}
