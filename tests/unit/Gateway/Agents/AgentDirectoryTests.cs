using StreamChat.Contracts.Agents;
using StreamChat.Gateway.Agents;
using StreamChat.TestSupport.Time;

namespace StreamChat.UnitTests.Gateway.Agents;

public sealed class AgentDirectoryTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly AgentDirectory _directory;

    public AgentDirectoryTests() => _directory = new AgentDirectory(_time);

    [Fact]
    public void The_agents_of_all_workers_are_there_once_the_newest_word_counting()
    {
        Announce("w1", "Triage", "News");
        _time.Advance(TimeSpan.FromSeconds(1));
        Announce("w2", "Triage", "Weather");
        Assert.Equal(["Triage of w2", "Weather of w2", "News of w1"], Names());
    }

    [Fact]
    public void A_worker_that_falls_silent_or_withdraws_is_forgotten()
    {
        Announce("w1", "Triage");
        _time.Advance(TimeSpan.FromSeconds(6));
        Announce("w2", "Weather");
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(["Weather of w2"], Names());
        Announce("w2");
        Assert.Empty(Names());
    }

    [Fact]
    public void Nobody_is_forgotten_for_silence_while_nobody_can_be_heard()
    {
        Announce("w1", "Triage");
        _directory.Hears = false;
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["Triage of w1"], Names());

        // and then has as long as ever
        _directory.Hears = true;
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(["Triage of w1"], Names());
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Empty(Names());
    }

    [Fact]
    public void Models_and_personalities_come_and_go_with_their_workers()
    {
        var words = new AgentsAnnounced
        {
            WorkerId = "w1",
            ValidFor = TimeSpan.FromSeconds(10),
            Agents = [new AgentDescription { Name = "Triage", Description = "d", HandOffs = [], Tools = [], InputGuardrails = [] }],
            Models = [new ModelDescription { Name = "big", Provider = "openai" }, new ModelDescription { Name = "demo", Provider = "demo" }],
            Personalities = [new PersonalityDescription { Id = "friendly", Description = "Warm." }],
        };
        _directory.Announce(words);
        _time.Advance(TimeSpan.FromSeconds(1));
        _directory.Announce(words with { WorkerId = "w2" });
        Assert.Equal(["big", "demo"], _directory.Models.Select(m => m.Name));
        Assert.Equal(["friendly"], _directory.Personalities.Select(p => p.Id));
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Empty(_directory.Models);
        Assert.Empty(_directory.Personalities);
    }

    private void Announce(string worker, params string[] agents) => _directory.Announce(new AgentsAnnounced
    {
        WorkerId = worker,
        ValidFor = TimeSpan.FromSeconds(10),
        Agents = [.. agents.Select(a => new AgentDescription { Name = a, Description = $"{a} of {worker}", HandOffs = [], Tools = [], InputGuardrails = [] })],
    });

    private IEnumerable<string> Names() => _directory.Agents.Select(a => a.Description);
}
