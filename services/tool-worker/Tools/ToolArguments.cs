using System.Text.Json;
using Microsoft.Extensions.AI;

namespace StreamChat.ToolWorker.Tools;

/// <summary>Checks what a model passed against the outer level of a tool's JSON schema, so that an error names the parameter.</summary>
internal static class ToolArguments
{
    /// <summary>The arguments to call with, as they are.</summary>
    /// <exception cref="ToolException">They are no object.</exception>
    public static AIFunctionArguments Read(JsonElement arguments)
    {
        AIFunctionArguments result = new(StringComparer.Ordinal);
        foreach (var argument in Given(arguments))
        {
            result[argument.Name] = argument.Value;
        }

        return result;
    }

    /// <summary>The arguments to call with; a null for an optional parameter counts as absent.</summary>
    /// <exception cref="ToolException">Something is missing, unknown or of the wrong type.</exception>
    public static AIFunctionArguments Read(JsonElement schema, JsonElement arguments)
    {
        var given = Given(arguments);
        var required = schema.TryGetProperty("required", out var r) ? r.EnumerateArray().Select(n => n.GetString()!).ToList() : [];
        JsonElement? properties = schema.TryGetProperty("properties", out var p) ? p : null;
        AIFunctionArguments result = new(StringComparer.Ordinal);
        foreach (var argument in given)
        {
            if (properties is not { } known || !known.TryGetProperty(argument.Name, out var property))
            {
                throw new ToolException($"Unknown parameter '{argument.Name}'. {Known(properties)}");
            }

            if (argument.Value.ValueKind == JsonValueKind.Null && !required.Contains(argument.Name, StringComparer.Ordinal))
            {
                continue;
            }

            if (!Fits(property, argument.Value))
            {
                throw new ToolException($"Parameter '{argument.Name}' must be {Types(property)}.");
            }

            result[argument.Name] = argument.Value;
        }

        return required.Find(name => !result.ContainsKey(name)) is { } missing
            ? throw new ToolException($"Missing parameter '{missing}'.")
            : result;
    }

    private static List<JsonProperty> Given(JsonElement arguments) => arguments.ValueKind switch
    {
        JsonValueKind.Object => [.. arguments.EnumerateObject()],
        JsonValueKind.Null or JsonValueKind.Undefined => [],
        _ => throw new ToolException("The arguments must be a JSON object."),
    };

    private static string Known(JsonElement? properties)
    {
        var names = properties?.EnumerateObject().Select(n => $"'{n.Name}'").ToList() ?? [];
        return names.Count == 0 ? "The tool takes none." : $"The tool takes: {string.Join(", ", names)}.";
    }

    private static bool Fits(JsonElement property, JsonElement value)
    {
        var types = TypeNames(property);
        return types.Count == 0 || types.Any(type => type switch
        {
            "string" => value.ValueKind == JsonValueKind.String,
            "number" => value.ValueKind == JsonValueKind.Number,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array
                && (!property.TryGetProperty("items", out var items) || value.EnumerateArray().All(i => Fits(items, i))),
            "null" => value.ValueKind == JsonValueKind.Null,
            _ => true,
        });
    }

    private static string Types(JsonElement property) => string.Join(" or ", TypeNames(property).Where(t => t != "null").Select(t => $"a JSON {t}"));

    private static List<string> TypeNames(JsonElement property)
    {
        if (property.ValueKind != JsonValueKind.Object || !property.TryGetProperty("type", out var type))
        {
            return [];
        }

        return type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(t => t.GetString()!)] : [type.GetString()!];
    }
}
