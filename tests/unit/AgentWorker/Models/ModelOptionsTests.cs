using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker;
using StreamChat.AgentWorker.Models;
using StreamChat.AgentWorker.Models.Demo;
using StreamChat.Hosting.Identity;

namespace StreamChat.UnitTests.AgentWorker.Models;

/// <summary>Which models there are by configuration, and what stops the process at its start.</summary>
public sealed class ModelOptionsTests
{
    private const string Secret = "sk secret-with-a-space";

    [Fact]
    public void Without_configuration_there_is_the_demo_model_and_no_key_is_wanted()
    {
        using var services = Services();
        var directory = services.GetRequiredService<IModelDirectory>();

        Assert.Equal(("demo", "demo"), (Assert.Single(directory.All).Name, directory.All[0].Provider));
        Assert.IsType<DemoChatClient>(directory.Choose(asked: null, agents: null));
        Assert.IsType<DemoChatClient>(directory.Choose("DEMO", agents: null));
        Assert.Throws<UnknownModelException>(() => directory.Choose("other", agents: null));
    }

    [Fact]
    public void Models_stand_side_by_side_and_the_request_goes_before_the_agent()
    {
        using var services = Services(
            ("Model:Provider", "openai"), ("Model:ApiKey", "k"), ("Model:Name", "gpt"),
            ("Models:small:Name", "gpt-small"), ("Models:demo:Provider", "demo"), ("Models:local:Endpoint", "http://localhost:11434/v1"),
            ("Models:other:Provider", "anthropic"), ("Models:other:ApiKey", "k2"), ("Models:other:Name", "claude"));
        var directory = services.GetRequiredService<IModelDirectory>();

        Assert.Equal(["gpt openai", "demo demo", "local openai", "other anthropic", "small openai"], directory.All.Select(m => $"{m.Name} {m.Provider}"));
        Assert.Equal("gpt", Id(directory.Choose(asked: null, agents: null)));
        Assert.Equal("gpt-small", Id(directory.Choose(asked: null, agents: "small")));
        Assert.Equal("claude", Id(directory.Choose("Other", agents: "small")));
        Assert.IsType<DemoChatClient>(directory.Choose("demo", agents: "small"));
    }

    [Fact]
    public void A_model_that_is_not_offered_is_for_agents_and_guardrails_and_no_request_can_name_it()
    {
        using var services = Services(
            ("Model:Provider", "openai"), ("Model:ApiKey", "k"), ("Model:Name", "gpt"), ("Models:judge:Name", "gpt-judge"), ("Models:judge:Offered", "false"),
            ("Guardrails:Model", "judge"), ("Model:Fallback:0", "judge"), ("Agents:Team:health:Model", "judge"));
        var directory = services.GetRequiredService<IModelDirectory>();

        Assert.Equal(["gpt"], directory.Offered.Select(m => m.Name));
        Assert.Equal(["gpt", "judge"], directory.All.Select(m => m.Name));
        Assert.Equal("gpt-judge", Id(directory.Choose(asked: null, agents: "judge")));
        var refused = Assert.Throws<UnknownModelException>(() => directory.Choose("Judge", agents: "judge"));
        Assert.Equal(Assert.Throws<UnknownModelException>(() => directory.Choose("Nobody", agents: null)).Message.Replace("Nobody", "Judge", StringComparison.Ordinal), refused.Message);
        Assert.Equal("judge", services.GetRequiredService<IOptions<StreamChat.AgentWorker.Agents.Guardrails.GuardrailOptions>>().Value.Model);
    }

    [Fact]
    public void The_default_model_cannot_be_withheld()
    {
        using var services = Services(("Model:Offered", "false"));
        var e = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<ModelOptions>>().Value);
        Assert.StartsWith("Model:Offered: ", Assert.Single(e.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_is_not_taken_to_another_endpoint()
    {
        var model = new ModelOptions { Provider = ModelProvider.OpenAI, ApiKey = "k", Name = "gpt" };
        var others = new ModelsOptions { ["small"] = new ModelSettings(), ["local"] = new ModelSettings { Endpoint = "http://localhost/v1" }, ["claude"] = new ModelSettings { Provider = ModelProvider.Anthropic } };

        Assert.Equal(
            [("gpt", "k"), ("claude", null), ("local", null), ("small", "k")],
            ModelRules.All(model, others, []).Select(m => (m.Name, m.ApiKey)));
    }

    [Fact]
    public void Models_added_in_code_stand_beside_those_configured_and_one_may_be_the_default()
    {
        using var own = new DemoChatClient(Options.Create(new DemoModelOptions()), TimeProvider.System);
        using var beside = Services(s => s.AddModel("own", _ => own));
        Assert.Equal(["demo", "own"], beside.GetRequiredService<IModelDirectory>().All.Select(m => m.Name));
        Assert.IsType<ModelChain>(beside.GetRequiredService<IModelDirectory>().Choose("OWN", agents: null));

        using var first = Services(s => s.AddModel("own", _ => own).AddModel("other", _ => own), ("Model:Provider", "custom"), ("Model:Name", "Own"), ("Models:demo:Provider", "demo"));
        Assert.Equal(["Own", "demo", "other"], first.GetRequiredService<IModelDirectory>().All.Select(m => m.Name));
    }

    [Theory]
    [InlineData("Models:own:Endpoint=http://localhost/v1")]
    [InlineData("Model:Provider=openai", "Model:Name=own", "Model:ApiKey=k")]
    public void A_name_is_one_models(params string[] settings)
    {
        using var services = Services(s => s.AddModel("own", _ => throw new InvalidOperationException()), [.. settings.Select(s => (s.Split('=')[0], s.Split('=')[1]))]);
        var failure = Assert.ThrowsAny<OptionsValidationException>(() => services.GetRequiredService<IStartupValidator>().Validate());
        Assert.Contains("named 'own'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_added_is_refused_at_once()
    {
        var services = new ServiceCollection().AddModel("own", _ => throw new InvalidOperationException());
        Assert.Throws<ArgumentException>(() => services.AddModel("OWN", _ => throw new InvalidOperationException()));
        Assert.Throws<ArgumentException>(() => services.AddModel(" ", _ => throw new InvalidOperationException()));
        Assert.Throws<ArgumentException>(() => services.AddModel(new string('x', 101), _ => throw new InvalidOperationException()));
    }

    [Theory]
    [InlineData("Model:ApiKey", "Model:Provider=openai", "Model:Name=gpt")]
    [InlineData("Model:Name", "Model:Provider=openai", "Model:ApiKey=k")]
    [InlineData("Model:ApiKey", "Model:Provider=anthropic", "Model:Name=c")]
    [InlineData("Model:Endpoint", "Model:Provider=openai", "Model:Name=gpt", "Model:Endpoint=ftp://host/")]
    [InlineData("Model:Endpoint", "Model:Provider=openai", "Model:Name=gpt", "Model:Endpoint=http://user:" + Secret + "@host/v1")]
    [InlineData("Model:ApiKey", "Model:Provider=openai", "Model:Name=gpt", "Model:ApiKey=" + Secret)]
    [InlineData("Model:Fallback", "Model:Fallback:0=missing")]
    [InlineData("Model:Attempts", "Model:Attempts=0")]
    [InlineData("Model:FirstTokenTimeout", "Model:FirstTokenTimeout=00:00:00")]
    [InlineData("Model:StallTimeout", "Model:StallTimeout=1.00:00:00")]
    [InlineData("Models:x:ApiKey", "Models:x:Provider=anthropic")]
    [InlineData("Models:x:Endpoint", "Models:x:Endpoint=nowhere")]
    [InlineData("Models:demo", "Models:demo:Provider=demo")]
    [InlineData("Agents:Team:news:Model", "Agents:Team:news:Model=missing")]
    [InlineData("Model:Provider", "Model:Provider=7")]
    [InlineData("Model:Name", "Model:Provider=custom", "Model:Name=missing")]
    [InlineData("Model:Name", "Model:Provider=custom")]
    [InlineData("Models:x:Provider", "Models:x:Provider=custom")]
    public void What_is_wrong_stops_the_start_with_its_key_and_without_its_value(string key, params string[] settings)
    {
        using var services = Services([.. settings.Select(s => (s[..s.IndexOf('=', StringComparison.Ordinal)], s[(s.IndexOf('=', StringComparison.Ordinal) + 1)..]))]);
        var failure = Assert.ThrowsAny<Exception>(() => services.GetRequiredService<IStartupValidator>().Validate());

        Assert.Contains($"{key}: ", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
    }

    private static string? Id(IChatClient client) => client.GetService<ChatClientMetadata>()?.DefaultModelId;

    private static ServiceProvider Services(params (string Key, string Value)[] settings) => Services(_ => { }, settings);

    private static ServiceProvider Services(Action<IServiceCollection> add, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build();
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IIdGenerator, SystemIdGenerator>()
            .AddMetrics()
            .AddLogging()
            .AddAgentWorker(configuration);
        add(services);
        return services.BuildServiceProvider();
    }
}
