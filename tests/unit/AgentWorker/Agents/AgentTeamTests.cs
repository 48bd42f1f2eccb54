using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.Hosting.Options;

namespace StreamChat.UnitTests.AgentWorker.Agents;

public sealed class AgentTeamTests
{
    [Fact]
    public void The_shipped_agents_are_there_without_configuration()
    {
        var team = Team("{}");
        Assert.Equal(["Triage Agent", "Weather Agent", "News Agent", "Recipe Agent", "Personal Assistant Agent", "Health Adviser"], team.All.Select(a => a.Name));
        Assert.Equal(team.All.Skip(1).Select(a => a.Name), team.All[0].HandOffs.Select(h => h.ToName));
        Assert.All(team.All.Skip(1), a => Assert.Equal(["Triage Agent"], a.HandOffs.Select(h => h.ToName)));
        Assert.All(team.All, a => Assert.NotEmpty(a.Description));
        Assert.Equal(["jailbreak"], team.All[0].InputGuardrails);
        Assert.All(team.All.Skip(1), a => Assert.Equal(["jailbreak", "relevance"], a.InputGuardrails));
        Assert.Equal(["calculator", "current_time", "update_context"], team.All[0].Tools);
        Assert.Equal(["weather", "update_context"], team.All[1].Tools);
    }

    [Fact]
    public void Configuration_changes_adds_and_takes_away()
    {
        var team = Team("""
            { "Agents": { "Start": "travel", "Team": {
                "Weather": { "Instructions": "Only rain.", "Tools": ["rain"], "HandOffs": ["news"] },
                "news": { "Tools": [] },
                "recipe": { "Enabled": false },
                "travel": { "Name": "Travel Agent", "Description": "Books trips.", "Instructions": "Book trips.", "Tools": ["*"] } } } }
            """);
        Assert.Equal(["Travel Agent", "Triage Agent", "Weather Agent", "News Agent", "Personal Assistant Agent", "Health Adviser"], team.All.Select(a => a.Name));
        Assert.Equal(["transfer_to_triage", "transfer_to_weather", "transfer_to_news", "transfer_to_personal_assistant", "transfer_to_health"], team.All[0].HandOffs.Select(h => h.Tool));
        Assert.True(team.All[0].MayCall("anything"));
        Assert.Equal(["Travel Agent"], team.All[1].HandOffs.Select(h => h.ToName));
        var weather = team.All[2];
        Assert.Equal("Only rain.", weather.Instructions);
        Assert.Equal(["rain"], weather.Tools);
        Assert.Equal(["News Agent"], weather.HandOffs.Select(h => h.ToName));
        Assert.False(team.All[3].MayCall("news"));
    }

    [Theory]
    [InlineData("""{ "Start": "nobody" }""", "Agents:Start")]
    [InlineData("""{ "Team": { "triage": { "Enabled": false } } }""", "Agents:Start")]
    [InlineData("""{ "Team": { "a b": { "Description": "d", "Instructions": "i" } } }""", "Agents:Team:a b")]
    [InlineData("""{ "Team": { "x": { "Instructions": "i" } } }""", "Agents:Team:x:Description")]
    [InlineData("""{ "Team": { "x": { "Description": "d" } } }""", "Agents:Team:x:Instructions")]
    [InlineData("""{ "Team": { "x": { "Name": "two\nlines", "Description": "d", "Instructions": "i" } } }""", "Agents:Team:x:Name")]
    [InlineData("""{ "Team": { "weather": { "HandOffs": ["nobody"] } } }""", "Agents:Team:weather:HandOffs:0")]
    [InlineData("""{ "AnnounceInterval": "00:00:00" }""", "Agents:AnnounceInterval")]
    public void What_makes_a_team_impossible_is_refused_by_the_name_of_its_key(string agents, string key)
    {
        var configuration = Configuration($$"""{ "Agents": {{agents}} }""");
        var failure = Assert.Throws<OptionsValidationException>(() => configuration.GetValidatedOptions<AgentsOptions>(AgentsOptions.Section));
        Assert.StartsWith($"{key}:", Assert.Single(failure.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void An_agent_that_is_not_offered_is_handed_to_and_not_asked_for()
    {
        var team = Team("""{ "Agents": { "Team": { "health": { "Offered": false } } } }""");
        var health = team.All.Single(a => a.Id == "health");

        Assert.Equal(
            Assert.Throws<UnknownAgentException>(() => team.Choose("Nobody", remembered: null)).Message.Replace("Nobody", health.Name, StringComparison.Ordinal),
            Assert.Throws<UnknownAgentException>(() => team.Choose(health.Name, remembered: health.Name)).Message);
        Assert.Equal(health, team.Get(team.All[0].HandOffs.Single(h => h.ToId == "health")));

        // a thread that was handed on to it stays with it
        Assert.Equal(health, team.Choose(asked: null, remembered: health.Name));
    }

    [Fact]
    public void The_agent_that_conversations_begin_with_is_offered()
    {
        var configuration = Configuration("""{ "Agents": { "Team": { "triage": { "Offered": false } } } }""");
        var failure = Assert.Throws<OptionsValidationException>(() => configuration.GetValidatedOptions<AgentsOptions>(AgentsOptions.Section));
        Assert.StartsWith("Agents:Start: ", Assert.Single(failure.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_agents_of_one_name_are_refused_at_both()
    {
        var configuration = Configuration("""{ "Agents": { "Team": { "news": { "Name": "weather agent" } } } }""");
        var failure = Assert.Throws<OptionsValidationException>(() => configuration.GetValidatedOptions<AgentsOptions>(AgentsOptions.Section));
        Assert.Equal(["Agents:Team:weather:Name", "Agents:Team:news:Name"], failure.Failures.Select(f => f[..f.LastIndexOf(':')]));
    }

    [Fact]
    public void A_temperature_that_no_model_takes_is_refused()
    {
        var configuration = Configuration("""{ "Personalities": { "mad": { "Temperature": 2.5 } } }""");
        var failure = Assert.Throws<OptionsValidationException>(() => configuration.GetValidatedOptions<PersonalitiesOptions>(PersonalitiesOptions.Section));
        Assert.StartsWith("Personalities:mad:Temperature:", Assert.Single(failure.Failures), StringComparison.Ordinal);
    }

    private static AgentTeam Team(string json) =>
        new(Options.Create(Configuration(json).GetValidatedOptions<AgentsOptions>(AgentsOptions.Section)));

    private static IConfigurationRoot Configuration(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
}
