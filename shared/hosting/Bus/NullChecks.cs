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

        // older processes omit optional properties, and the serializer then sets them to null
        var required = type.Properties.Where(p => p is { Get: not null, IsRequired: true, IsSetNullable: false } && !p.PropertyType.IsValueType).ToArray();
        var lists = type.Properties.Where(p => p.Get is not null && typeof(IEnumerable<object>).IsAssignableFrom(p.PropertyType)).ToArray();
        if (required.Length + lists.Length == 0)
        {
            return;
        }

        var before = type.OnDeserialized;
        type.OnDeserialized = message =>
        {
            before?.Invoke(message);
            if (Array.Find(required, p => p.Get!(message) is null) is { } missing)
            {
                throw new JsonException($"{type.Type.Name}.{missing.Name} is null.");
            }

            if (Array.Find(lists, p => p.Get!(message) is IEnumerable<object?> list && list.Contains(null)) is { } broken)
            {
                throw new JsonException($"{type.Type.Name}.{broken.Name} has an element that is null.");
            }
        };
    }
}
