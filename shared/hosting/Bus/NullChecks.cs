using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace StreamChat.Hosting.Bus;

/// <summary>
/// Rejects a message that has null where its contract allows none: in a required property, or as an element of a list. The serializer checks neither by
/// itself, and a report or an announcement that was kept would break whatever reads it later.
/// </summary>
internal static class NullChecks
{
    /// <summary>Adds the check to the contracts; to be used as a modifier of their resolver.</summary>
    public static void Check(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object || type.Type.Assembly != typeof(Contracts.ContractsJson).Assembly)
        {
            return;
        }

        var properties = type.Properties.Where(p => p.Get is not null && !p.PropertyType.IsValueType).ToArray();
        if (properties.Length == 0)
        {
            return;
        }

        var before = type.OnDeserialized;
        type.OnDeserialized = message =>
        {
            before?.Invoke(message);
            foreach (var property in properties)
            {
                Check(type, property, property.Get!(message));
            }
        };
    }

    private static void Check(JsonTypeInfo type, JsonPropertyInfo property, object? value)
    {
        if (value is null)
        {
            // older processes omit optional properties, and the serializer then sets them to null
            if (property is { IsRequired: true, IsSetNullable: false })
            {
                throw new JsonException($"{type.Type.Name}.{property.Name} is null.");
            }
        }
        else if (value is IEnumerable<object?> list && list.Contains(null))
        {
            throw new JsonException($"{type.Type.Name}.{property.Name} has an element that is null.");
        }
    }
}
