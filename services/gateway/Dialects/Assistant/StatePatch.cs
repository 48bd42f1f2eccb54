using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace StreamChat.Gateway.Dialects.Assistant;

/// <summary>Applies the changes of <see cref="Contracts.Events.StateDelta"/> (JSON Patch, RFC 6902) to a state.</summary>
internal static class StatePatch
{
    /// <summary>The state with other values over its own.</summary>
    /// <returns>Null when one of the two is no object that can be read.</returns>
    public static byte[]? Merge(ReadOnlySpan<byte> state, JsonElement over) => Change(state, root =>
    {
        foreach (var property in over.EnumerateObject())
        {
            root[property.Name] = Node(property.Value);
        }
    });

    /// <summary>The state after all changes, or null when any of them does not fit it.</summary>
    public static byte[]? Apply(ReadOnlySpan<byte> state, JsonElement changes) => Change(state, root =>
    {
        foreach (var change in changes.EnumerateArray())
        {
            Apply(root, change);
        }
    });

    private static byte[]? Change(ReadOnlySpan<byte> state, Action<JsonObject> change)
    {
        try
        {
            var root = JsonNode.Parse(state)!.AsObject();
            change(root);
            return AssistantJson.Write(json => root.WriteTo(json));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or KeyNotFoundException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private static void Apply(JsonObject root, JsonElement change)
    {
        var path = Path(change, "path");
        switch (change.GetProperty("op").GetString())
        {
            case "add":
                Add(root, path, Node(change.GetProperty("value")));
                break;
            case "remove":
                Remove(root, path);
                break;
            case "replace":
                Remove(root, path);
                Add(root, path, Node(change.GetProperty("value")));
                break;
            case "move":
                Add(root, path, Remove(root, Path(change, "from")));
                break;
            case "copy":
                Add(root, path, Find(root, Path(change, "from"))?.DeepClone());
                break;
            case "test" when JsonNode.DeepEquals(Find(root, path), Node(change.GetProperty("value"))):
                break;
            default:
                throw new InvalidOperationException("The change does not fit.");
        }
    }

    private static string[] Path(JsonElement change, string name)
    {
        var pointer = change.GetProperty(name).GetString();
        return pointer is ['/', ..]
            ? [.. pointer[1..].Split('/').Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]
            : throw new FormatException("Not a path into the state.");
    }

    private static JsonNode? Find(JsonNode? node, ReadOnlySpan<string> path)
    {
        foreach (var part in path)
        {
            node = node switch
            {
                JsonObject o when o.TryGetPropertyValue(part, out var value) => value,
                JsonArray a => a[Index(part)],
                _ => throw new KeyNotFoundException(part),
            };
        }

        return node;
    }

    private static void Add(JsonNode root, string[] path, JsonNode? value)
    {
        switch (Find(root, path.AsSpan(..^1)))
        {
            case JsonObject parent:
                parent[path[^1]] = value;
                break;
            case JsonArray parent:
                parent.Insert(path[^1] == "-" ? parent.Count : Index(path[^1]), value);
                break;
            default:
                throw new KeyNotFoundException(path[^1]);
        }
    }

    private static JsonNode? Remove(JsonNode root, string[] path)
    {
        var removed = Find(root, path);
        switch (Find(root, path.AsSpan(..^1)))
        {
            case JsonObject parent:
                parent.Remove(path[^1]);
                break;
            case JsonArray parent:
                parent.RemoveAt(Index(path[^1]));
                break;
        }

        return removed;
    }

    private static int Index(string part) => int.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture);

    private static JsonNode? Node(JsonElement value) => JsonNode.Parse(value.GetRawText());
}
