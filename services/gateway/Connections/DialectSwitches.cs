using Microsoft.Extensions.Options;
using StreamChat.Gateway.Dialects;

namespace StreamChat.Gateway.Connections;

/// <summary>
/// Section <c>Dialects</c>: which protocols this gateway speaks. <c>Dialects:{name}:Enabled</c> = <c>false</c> switches one off: its socket,
/// its HTTP endpoints and its pages then do not exist. Names ignore case, <c>-</c> and <c>_</c>, because a shell cannot export a variable
/// with a hyphen.
/// </summary>
internal sealed class DialectSwitches
{
    private const string Section = "Dialects";
    private const string Enabled = "Enabled";

    private readonly List<string> _known;
    private readonly HashSet<string> _disabled = new(StringComparer.Ordinal);

    /// <exception cref="OptionsValidationException">A key names no dialect or no setting, or a value is neither true nor false.</exception>
    public DialectSwitches(IConfiguration configuration, IEnumerable<DialectRoute> routes)
    {
        _known = [.. routes.SelectMany(r => r.Dialect.Parts).Select(d => d.Name).Distinct()];
        var section = configuration.GetSection(Section);
        List<string> problems = [.. ValueProblem(section, $"{Section}:{{name}}:{Enabled}")];
        foreach (var entry in section.GetChildren())
        {
            problems.AddRange(Read(entry));
        }

        if (problems.Count > 0)
        {
            throw new OptionsValidationException(Section, typeof(DialectSwitches), problems);
        }
    }

    /// <summary>The names of the dialects that are switched on.</summary>
    public IReadOnlyList<string> Names => [.. _known.Where(IsEnabled)];

    public bool IsEnabled(string dialect) => !_disabled.Contains(dialect);

    /// <summary>What is left of a path's dialect.</summary>
    /// <returns>The dialect itself, the only part of it that is switched on, or null when all is switched off.</returns>
    public IDialect? Of(IDialect dialect) => dialect.Parts.Where(p => IsEnabled(p.Name)).ToList() switch
    {
        [] => null,
        [var only] => only,
        _ => dialect,
    };

    // a wrong key must not leave a door open that the operator believes to be closed
    private List<string> Read(IConfigurationSection entry)
    {
        if (_known.Find(name => Plain(name).Equals(Plain(entry.Key), StringComparison.OrdinalIgnoreCase)) is not { } dialect)
        {
            return [$"{entry.Path}: There is no such dialect. There are: {string.Join(", ", _known)}."];
        }

        List<string> problems = [.. ValueProblem(entry, $"{entry.Path}:{Enabled}")];
        foreach (var setting in entry.GetChildren())
        {
            if (!setting.Key.Equals(Enabled, StringComparison.OrdinalIgnoreCase))
            {
                problems.Add($"{setting.Path}: There is no such setting. There is: {Enabled}.");
            }
            else if (!bool.TryParse(setting.Value, out var enabled))
            {
                problems.Add($"{setting.Path}: Is 'true' or 'false'.");
            }
            else if (!enabled)
            {
                _disabled.Add(dialect);
            }
        }

        return problems;
    }

    private static IEnumerable<string> ValueProblem(IConfigurationSection section, string instead) =>
        string.IsNullOrEmpty(section.Value) ? [] : [$"{section.Path}: Takes no value. Set {instead}."];

    private static string Plain(string name) => name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
}
