using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace StreamChat.UnitTests.AgentWorker.Agents.Context;

/// <summary>Applies JSON Patch (RFC 6902) as a client does; what it is not told to do it does not do.</summary>
internal static class JsonPatch
{
    public static JsonNode? Apply(JsonNode? target, JsonElement patch)
    {
        foreach (var operation in patch.EnumerateArray())
        {
            var path = operation.GetProperty("path").GetString()!;
            Assert.StartsWith("/", path, StringComparison.Ordinal);
            var parts = path[1..].Split('/').Select(p => p.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToList();
            var parent = parts.SkipLast(1).Aggregate(target, (node, part) => node is JsonArray array ? array[int.Parse(part, CultureInfo.InvariantCulture)] : node!.AsObject()[part])!.AsObject();
            var name = parts[^1];
            switch (operation.GetProperty("op").GetString())
            {
                case "add":
                    Assert.False(parent.ContainsKey(name), $"{path} is there");
                    parent[name] = JsonNode.Parse(operation.GetProperty("value").GetRawText());
                    break;
                case "replace":
                    Assert.True(parent.ContainsKey(name), $"{path} is not there");
                    parent[name] = JsonNode.Parse(operation.GetProperty("value").GetRawText());
                    break;
                case "remove":
                    Assert.True(parent.Remove(name), $"{path} is not there");
                    break;
                default:
                    Assert.Fail(operation.GetRawText());
                    break;
            }
        }

        return target;
    }
}
