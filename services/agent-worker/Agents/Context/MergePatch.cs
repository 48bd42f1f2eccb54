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
        var members = changes.ToList();

        // all at once: taking them out one by one moves all that come after
        changes.Clear();
        foreach (var (name, change) in members)
        {
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
