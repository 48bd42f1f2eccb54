using System.Collections;
using System.Reflection;
using System.Text.RegularExpressions;

namespace StreamChat.UnitTests.Deployment;

/// <summary>All keys that a service understands: what the options classes of its own and of the shared assemblies say.</summary>
internal static class ConfigurationKeys
{
    private const string SectionConstant = "Section";

    /// <summary>Patterns, over whole keys, of all settings that a service reads.</summary>
    /// <param name="service">The service's assembly.</param>
    public static IReadOnlyList<Regex> Of(Assembly service)
    {
        var shared = service.GetReferencedAssemblies().Where(a => a.Name!.StartsWith("StreamChat.", StringComparison.Ordinal)).Select(Assembly.Load);
        return
        [
            .. shared.Append(service)
                .SelectMany(assembly => assembly.GetTypes())
                .Select(type => (type, section: type.GetField(SectionConstant)))
                .Where(t => t.section is { IsLiteral: true })
                .SelectMany(t => Patterns(t.type, Regex.Escape((string)t.section!.GetRawConstantValue()!)))
                .Select(pattern => new Regex($"^{pattern}$")),
        ];
    }

    private static IEnumerable<string> Patterns(Type type, string path)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var (key, value) = ($"{path}:{property.Name}", property.PropertyType);
            if (value != typeof(string) && value.IsAssignableTo(typeof(IEnumerable)))
            {
                yield return $@"{key}:\d+";
            }
            else if (value is { IsClass: true } && value.Assembly == type.Assembly)
            {
                foreach (var inner in Patterns(value, key))
                {
                    yield return inner;
                }
            }
            else
            {
                yield return key;
            }
        }
    }
}
