using System.Text.Json.Nodes;

namespace StreamChat.AgentWorker.Agents.Context;

/// <summary>JSON Merge Patch, RFC 7396.</summary>
internal static class MergePatch
{
    /// <summary>The target after the change. Both are used up.</summary>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch;
        }

        var result = target as JsonObject ?? [];
        foreach (var name in changes.Select(c => c.Key).ToList())
        {
            var change = changes[name];
            changes.Remove(name);
            if (change is null)
            {
                result.Remove(name);
            }
            else
            {
                result.Remove(name, out var before);
                result[name] = Apply(before, change);
            }
        }

        return result;
    }
}
