using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.Contracts.Events;
using StreamChat.TestSupport.Models;
using static StreamChat.TestSupport.Models.AnthropicScripts;

namespace StreamChat.UnitTests.AgentWorker.Models.Providers;

/// <summary>A model of Anthropic's kind, over real HTTP.</summary>
public sealed class AnthropicModelTests
{
    [Fact]
    public async Task Text_comes_as_it_is_said_with_usage_and_finish_reason()
    {
        await using var server = await ModelServer.StartAsync(Text("Hel", "lo"));
        await using var models = ModelsUnderTest.Anthropic(server, TimeProvider.System);
        var (said, failure) = await models.AskAsync([new(ChatRole.System, "Be kind."), new(ChatRole.User, "hi")]);

        Assert.Null(failure);
        Assert.Equal(["asked first", "Hel", "lo", "finish stop"], Without(said));
        Assert.Equal((11, 7), Usage(said));
        var question = Assert.Single(server.Questions);
        Assert.Equal(("/v1/messages", ModelsUnderTest.Key, "first"), (question.Path, question.Key, question.Model));
        Assert.Equal(4096, question.Body.GetProperty("max_tokens").GetInt32());
        Assert.Contains("Be kind.", question.Body.GetProperty("system").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Thinking_text_and_calls_keep_their_order()
    {
        await using var server = await ModelServer.StartAsync(Answer(
            "tool_use",
            ThinkingBlock(0, "Hm", ", well."), TextBlock(1, "Let me see."), CallBlock(2, "t1", "weather", "{\"ci", "ty\":\"Rome\"}"), CallBlock(3, "t2", "time")));
        await using var models = ModelsUnderTest.Anthropic(server, TimeProvider.System);
        var tool = AIFunctionFactory.CreateDeclaration("weather", "Tells it.", JsonElement.Parse("""{"type":"object","properties":{"city":{"type":"string"}}}"""));
        var (said, failure) = await models.AskAsync(options: new ChatOptions { Tools = [tool] });

        Assert.Null(failure);
        Assert.Equal(
            ["asked first", "(Hm)", "(, well.)", "Let me see.", "t1=weather{\"city\":\"Rome\"}", "t2=time{}", "finish tool_calls"],
            Without(said));
        Assert.Equal("weather", server.Questions[0].Body.GetProperty("tools")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Arguments_that_are_no_object_are_the_calls_fault_and_not_the_replys()
    {
        await using var server = await ModelServer.StartAsync(Answer("tool_use", CallBlock(0, "t1", "weather", "{\"city\":")));
        await using var models = ModelsUnderTest.Anthropic(server, TimeProvider.System);
        var (said, failure) = await models.AskAsync();

        Assert.Null(failure);
        Assert.Contains("t1=weather!", said);
    }

    public static TheoryData<ModelScript, string, int> Refusals => new()
    {
        { Overloaded, RunErrorCodes.ModelError, 3 },
        { RateLimited, RunErrorCodes.ModelRateLimited, 1 },
        { BadKey(ModelsUnderTest.Key), RunErrorCodes.ModelUnauthorized, 1 },
        { TooLong, RunErrorCodes.ContextTooLong, 1 },
        { CutAfter(""), RunErrorCodes.ModelError, 3 },
        { ErrorAfter("", "overloaded_error"), RunErrorCodes.ModelError, 3 },
        { answer => answer.StatusAsync(200, OpenAIScripts.ErrorText), RunErrorCodes.ModelError, 3 },
    };

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public async Task A_refusal_has_its_code_and_none_of_the_providers_words(ModelScript script, string code, int attempts)
    {
        await using var server = await ModelServer.StartAsync(script);
        await using var models = ModelsUnderTest.Anthropic(server, TimeProvider.System);
        var (_, failure) = await models.AskAsync();

        Assert.Equal((code, attempts), (failure?.Code, server.Questions.Count));
        var seen = failure + models.Log.All;
        Assert.DoesNotContain(OpenAIScripts.ErrorText, seen, StringComparison.Ordinal);
        Assert.DoesNotContain(ModelsUnderTest.Key, seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_said_before_a_failure_stands_and_nothing_is_asked_again()
    {
        await using var server = await ModelServer.StartAsync(CutAfter("So far"));
        await using var models = ModelsUnderTest.Anthropic(server, TimeProvider.System);
        var (said, failure) = await models.AskAsync();

        Assert.Equal(["asked first", "So far"], Without(said));
        Assert.Equal(RunErrorCodes.ModelError, failure?.Code);
        Assert.Single(server.Questions);
    }

    // the usage comes in parts, and the finish reason again with each update after it
    private static IEnumerable<string> Without(IEnumerable<string> said) => said.Where(s => !s.StartsWith("usage", StringComparison.Ordinal)).Distinct();

    private static (long Input, long Output) Usage(IEnumerable<string> said)
    {
        var usages = said.Where(s => s.StartsWith("usage ", StringComparison.Ordinal)).Select(s => s["usage ".Length..].Split('/')).ToList();
        return (usages.Sum(u => Number(u[0])), usages.Sum(u => Number(u[1])));

        static long Number(string text) => text.Length == 0 ? 0 : long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }
}
