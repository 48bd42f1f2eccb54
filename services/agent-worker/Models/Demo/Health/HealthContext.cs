using System.Globalization;
using System.Text.Json;

namespace StreamChat.AgentWorker.Models.Demo.Health;

/// <summary>What the context of a request says of the user's health.</summary>
internal sealed record HealthContext
{
    private const int LongestWord = 20;

    public string? Mood { get; private init; }

    public double? SleepHours { get; private init; }

    public string? Activity { get; private init; }

    public bool IsEmpty => Mood is null && SleepHours is null && Activity is null;

    /// <summary>Reads an object, or AG-UI's list of <c>{description, value}</c>; says nothing of anything else.</summary>
    public static HealthContext Read(string? context)
    {
        var facts = Facts(context).ToList();
        return new HealthContext
        {
            Mood = Word("mood"),
            SleepHours = Number("sleephours", "sleep"),
            Activity = Word("activitylevel", "activity"),
        };

        string? Word(params IEnumerable<string> names) =>
            Find(names) is { ValueKind: JsonValueKind.String } value && value.GetString()!.Trim() is { Length: > 0 and <= LongestWord } word ? word : null;

        double? Number(params IEnumerable<string> names) =>
            Find(names) is { ValueKind: JsonValueKind.Number or JsonValueKind.String } value
            && double.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= 24
                ? Math.Round(number, 1)
                : null;

        JsonElement? Find(IEnumerable<string> names) =>
            names.SelectMany(name => facts.Where(f => f.Name == name)).Select(f => (JsonElement?)f.Value).FirstOrDefault();
    }

    private static IEnumerable<(string Name, JsonElement Value)> Facts(string? context)
    {
        if (context is null)
        {
            return [];
        }

        try
        {
            var json = JsonElement.Parse(context);
            return json.ValueKind switch
            {
                JsonValueKind.Object => json.EnumerateObject().Select(p => (Plain(p.Name), p.Value)),
                JsonValueKind.Array => json.EnumerateArray().Where(IsEntry).Select(e => (Plain(e.GetProperty("description").GetString()!), e.GetProperty("value"))),
                _ => [],
            };
        }
        catch (JsonException)
        {
            // cut off, because it was too long
            return [];
        }
    }

    private static bool IsEntry(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object
        && entry.TryGetProperty("description", out var description) && description.ValueKind == JsonValueKind.String
        && entry.TryGetProperty("value", out _);

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetter)).ToLowerInvariant();
}
