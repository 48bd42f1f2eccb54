using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace StreamChat.AgentWorker.Models.Demo.Needs;

/// <summary>Reads what tools answered.</summary>
internal static class ResultText
{
    private const string ErrorMark = "Error:";

    /// <summary>The result as JSON, whether it comes from the tool or from the history, where it is a text.</summary>
    public static JsonElement Json(FunctionResultContent result) => result.Result switch
    {
        JsonElement { ValueKind: JsonValueKind.String } json => Parse(json.GetString()!),
        JsonElement json => json,
        string text => Parse(text),
        var other => Text(Convert.ToString(other, CultureInfo.InvariantCulture) ?? ""),
    };

    /// <returns>Null when the tool did not fail.</returns>
    public static string? Error(JsonElement result) =>
        result.ValueKind == JsonValueKind.String && result.GetString()!.StartsWith(ErrorMark, StringComparison.OrdinalIgnoreCase)
            ? result.GetString()![ErrorMark.Length..].Trim()
            : null;

    /// <summary>A property as text; null when it is not there.</summary>
    public static string? Get(JsonElement result, string name) =>
        result.ValueKind == JsonValueKind.Object && result.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : null;

    /// <summary>A property that is a list; null when it is not there, or something else.</summary>
    public static List<JsonElement>? List(JsonElement result, string name) =>
        result.ValueKind == JsonValueKind.Object && result.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray()]
            : null;

    /// <summary>Any result in a form that people can read.</summary>
    public static string Of(JsonElement result) => result.ValueKind switch
    {
        JsonValueKind.Object => string.Join(", ", result.EnumerateObject().Select(p => $"{p.Name.Replace('_', ' ')}: {Of(p.Value)}")),
        JsonValueKind.Array => string.Join("\n", result.EnumerateArray().Select(i => $"- {Of(i)}")),
        _ => result.ToString(),
    };

    private static JsonElement Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return Text(text);
        }
    }

    private static JsonElement Text(string text) => JsonSerializer.SerializeToElement(text, AIJsonUtilities.DefaultOptions);
}
