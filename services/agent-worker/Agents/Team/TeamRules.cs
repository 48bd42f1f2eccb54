using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace StreamChat.AgentWorker.Agents.Team;

/// <summary>How configured agents and shipped ones become one team, and what makes a team impossible.</summary>
internal static partial class TeamRules
{
    private const int LongestName = 100;

    /// <summary>The enabled agents by id, complete with a name: the shipped ones in their order, then those added.</summary>
    public static IReadOnlyList<KeyValuePair<string, AgentSettings>> Merge(AgentsOptions options)
    {
        var shipped = ShippedAgents.All.Select(a => KeyValuePair.Create(a.Key, options.Team.TryGetValue(a.Key, out var changed) ? changed.Over(a.Value) : a.Value));
        var added = options.Team
            .Where(a => !ShippedAgents.All.Any(s => s.Key.Equals(a.Key, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(a => a.Key, StringComparer.Ordinal)
            .Select(a => KeyValuePair.Create(a.Key, a.Value.Over(new AgentSettings { Name = a.Key })));
        return [.. shipped.Concat(added).Where(a => a.Value.Enabled)];
    }

    /// <summary>All that is wrong, each with its key.</summary>
    public static IEnumerable<ValidationResult> Check(AgentsOptions options)
    {
        var team = Merge(options);
        var ids = team.Select(a => a.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (!ids.Contains(options.Start))
        {
            yield return Wrong($"Is the id of no agent. There are: {string.Join(", ", ids)}.", nameof(AgentsOptions.Start));
        }

        else if (team.Any(a => a.Key.Equals(options.Start, StringComparison.OrdinalIgnoreCase) && !a.Value.Offered))
        {
            yield return Wrong("Requests may not name this agent (Offered is false), but every new conversation begins with it.", nameof(AgentsOptions.Start));
        }

        foreach (var (id, agent) in team)
        {
            var key = $"{nameof(AgentsOptions.Team)}:{id}";
            if (!Id().IsMatch(id))
            {
                yield return Wrong("An id has 1 to 40 letters a to z, digits, hyphens and underscores.", key);
            }

            if (string.IsNullOrWhiteSpace(agent.Name) || agent.Name.Length > LongestName || agent.Name.Any(char.IsControl))
            {
                yield return Wrong($"A name has 1 to {LongestName} characters on one line.", $"{key}:{nameof(agent.Name)}");
            }
            else if (team.Any(other => other.Key != id && agent.Name.Equals(other.Value.Name, StringComparison.OrdinalIgnoreCase)))
            {
                yield return Wrong("Two agents have this name.", $"{key}:{nameof(agent.Name)}");
            }

            if (string.IsNullOrWhiteSpace(agent.Description))
            {
                yield return Wrong("Is required.", $"{key}:{nameof(agent.Description)}");
            }

            if (string.IsNullOrWhiteSpace(agent.Instructions))
            {
                yield return Wrong("Is required.", $"{key}:{nameof(agent.Instructions)}");
            }

            foreach (var (index, _) in (agent.HandOffs ?? []).Index().Where(to => !ids.Contains(to.Item)))
            {
                yield return Wrong($"Is the id of no agent. There are: {string.Join(", ", ids)}.", $"{key}:{nameof(agent.HandOffs)}:{index}");
            }
        }
    }

    private static ValidationResult Wrong(string message, string member) => new(message, [member]);

    [GeneratedRegex("^[A-Za-z0-9_-]{1,40}$")]
    private static partial Regex Id();
}
