using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace StreamChat.AgentWorker.Agents.Context;

/// <summary>
/// What is known of a thread's user and situation, beyond what was said. Kept with the thread, changed by tools and by the client's
/// state, shown to the model, to tools and to clients.
/// </summary>
internal sealed record ThreadContext
{
    /// <summary>The longest text in it, in characters.</summary>
    public const int LongestText = 1000;

    /// <summary>The longest name of a value.</summary>
    public const int LongestName = 64;

    /// <summary>How deep values may nest, the context itself being the first level.</summary>
    public const int Levels = 8;

    // each of them goes through the whole context again, and a frame has room for a hundred thousand
    private const int MostTried = 256;

    public static readonly ThreadContext Empty = new();

    private static readonly ContextJson Json = new(new JsonSerializerOptions(ContextJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = Levels };

    private static readonly string[] Known = ["mood", "city", "member", "language", "diet"];

    /// <summary>How the user feels.</summary>
    public string? Mood { get; init; }

    /// <summary>Where the user is, for the weather and the time.</summary>
    public string? City { get; init; }

    /// <summary>Of whom in the family the talk is.</summary>
    public string? Member { get; init; }

    /// <summary>The language that the user wants to be answered in.</summary>
    public string? Language { get; init; }

    /// <summary>What the user does not eat, or eats only.</summary>
    public string? Diet { get; init; }

    /// <summary>Anything else that tools and clients keep here.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? More { get; set; }

    // no property: it would be one of the JSON as well
    public bool IsEmpty() => this is { Mood: null, City: null, Member: null, Language: null, Diet: null, More: null or { Count: 0 } };

    /// <summary>Reads what was stored. Values that are not possible any more are left out.</summary>
    public static ThreadContext Parse(string? stored, int maxChars)
    {
        if (stored is null)
        {
            return Empty;
        }

        try
        {
            return Empty.Take(JsonElement.Parse(stored), maxChars);
        }
        catch (JsonException)
        {
            return Empty;
        }
    }

    public JsonElement ToJson() => JsonSerializer.SerializeToElement(this, Json.ThreadContext);

    public override string ToString() => JsonSerializer.Serialize(this, Json.ThreadContext);

    /// <summary>Changes it by a JSON Merge Patch (RFC 7396): whole, or not at all.</summary>
    /// <param name="patch">The change, an object.</param>
    /// <param name="maxChars">How long it may be as JSON.</param>
    /// <param name="merged">The context afterwards; as before when the change is not possible.</param>
    /// <returns>Why it is not possible, for the model and people; null when it is done.</returns>
    public string? Merge(JsonElement patch, int maxChars, out ThreadContext merged)
    {
        merged = this;
        if (patch.ValueKind != JsonValueKind.Object)
        {
            return "a change is a JSON object";
        }

        try
        {
            var change = JsonNode.Parse(patch.GetRawText(), documentOptions: Strict);
            var changed = MergePatch.Apply(JsonSerializer.SerializeToNode(this, Json.ThreadContext), change)!.AsObject();
            if (ContextRules.Problem(changed, Known) is { } problem)
            {
                return problem;
            }

            var context = changed.Deserialize(Json.ThreadContext)!;
            if (context.ToString().Length > maxChars)
            {
                return $"all of it together has at most {maxChars} characters";
            }

            merged = context;
            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // too deep, a name twice, or half of a surrogate pair
            return $"a change is plain JSON of at most {Levels} levels, no name twice";
        }
    }

    /// <summary>
    /// Changes it by an object: whole where that is possible, else by each member on its own, and those that are not possible are left
    /// out, as are those after the first <see cref="MostTried"/>.
    /// </summary>
    public ThreadContext Take(JsonElement values, int maxChars)
    {
        if (values.ValueKind != JsonValueKind.Object)
        {
            return this;
        }

        if (Merge(values, maxChars, out var context) is null)
        {
            return context;
        }

        foreach (var value in values.EnumerateObject().Take(MostTried))
        {
            context.Merge(JsonSerializer.SerializeToElement(new Dictionary<string, JsonElement> { [value.Name] = value.Value }, Json.DictionaryStringJsonElement), maxChars, out context);
        }

        return context;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ThreadContext))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class ContextJson : JsonSerializerContext;
