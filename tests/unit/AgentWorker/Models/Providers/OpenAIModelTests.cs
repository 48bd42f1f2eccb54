using System.Text.Json;
using Microsoft.Extensions.AI;
using StreamChat.Contracts.Events;
using StreamChat.TestSupport.Models;
using static StreamChat.TestSupport.Models.OpenAIScripts;

namespace StreamChat.UnitTests.AgentWorker.Models.Providers;

/// <summary>A model of OpenAI's kind, over real HTTP: what it is asked, and what becomes of what it answers.</summary>
public sealed class OpenAIModelTests
{
    [Fact]
    public async Task Text_comes_as_it_is_said_with_usage_and_finish_reason()
    {
        await using var server = await ModelServer.StartAsync(Text("Hel", "lo"));
        await using var models = ModelsUnderTest.OpenAI(server, TimeProvider.System);
        var (said, failure) = await models.AskAsync();

        Assert.Null(failure);
        Assert.Equal(["asked first", "Hel", "lo", "finish stop", "usage 11/7"], said);
        var question = Assert.Single(server.Questions);
        Assert.Equal(("/v1/chat/completions", ModelsUnderTest.Key, "first"), (question.Path, question.Key, question.Model));
        Assert.True(question.Body.GetProperty("stream").GetBoolean());
        Assert.True(question.Body.GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
    }

    [Fact]
    public async Task Calls_in_pieces_are_handed_out_as_they_come_and_whole_at_the_end()
    {
        await using var server = await ModelServer.StartAsync(Answer(
            Content("Let me see."), Call(0, "c1", "weather"), More(0, "{\"ci"), Call(1, "c2", "time", "{}"), More(0, "ty\":\"Rome\"}"), Finish("tool_calls")));
        await using var models = ModelsUnderTest.OpenAI(server, TimeProvider.System);
        var (said, failure) = await models.AskAsync();

        Assert.Null(failure);
        Assert.Equal(
            ["asked first", "Let me see.", "c1+weather+", "c1+weather+{\"ci", "c2+time+{}", "c1+weather+ty\":\"Rome\"}", "c1=weather{\"city\":\"Rome\"}", "c2=time{}", "finish tool_calls", "usage 11/7"],
            said);
    }

    [Theory]
    [InlineData("{\"city\":")]
    [InlineData("[1]")]
    [InlineData("{\"a\":1}{\"b\":2}")]
    public async Task Arguments_that_are_no_object_are_the_calls_fault_and_not_the_replys(string arguments)
    {
        await using var server = await ModelServer.StartAsync(Answer(Call(0, "c1", "weather", arguments), Finish("tool_calls")));
        await using var models = ModelsUnderTest.OpenAI(server, TimeProvider.System);
        var (said, failure) = await models.AskAsync();

        Assert.Null(failure);
        Assert.Contains("c1=weather!", said);
    }

    [Fact]
    public async Task A_call_never_has_the_id_of_an_earlier_one()
    {
        await using var server = await ModelServer.StartAsync(Answer(Call(0, "c1", "weather", "{}"), Call(1, "", "time", "{}"), Call(2, "c9", "a", "{}"), Call(3, "c9", "b", "{}"), Finish("tool_calls")));
        await using var models = ModelsUnderTest.OpenAI(server, TimeProvider.System);
        ChatMessage[] earlier =
        [
            new(ChatRole.User, "hi"), new(ChatRole.Assistant, [new FunctionCallContent("c1", "weather")]), new(ChatRole.Tool, [new FunctionResultContent("c1", "sunny")]),
        ];
        var (said, _) = await models.AskAsync(earlier);

        var ids = said.Where(s => s.Contains('=', StringComparison.Ordinal)).Select(s => s.Split('=')[0]).ToList();
        Assert.Equal(4, ids.Distinct().Count());
        Assert.DoesNotContain("c1", ids);
        Assert.All(ids, id => Assert.NotEmpty(id));
    }

    [Fact]
    public async Task An_id_that_cannot_be_stored_is_replaced()
    {
        await using var server = await ModelServer.StartAsync(Answer(Call(0, "c\0", "weather", "{}"), Call(1, new string('c', 201), "time", "{}"), Finish("tool_calls")));
        await using var models = ModelsUnderTest.OpenAI(server, TimeProvider.System);
        var (said, failure) = await models.AskAsync();

        Assert.Null(failure);
        var ids = said.Where(s => s.Contains('=', StringComparison.Ordinal)).Select(s => s.Split('=')[0]).ToList();
        Assert.Equal(2, ids.Count);
        Assert.All(ids, id => Assert.Matches("^call_[0-9a-f]{32}$", id));
    }

    [Theory]
    [InlineData("reasoning_content")]
    [InlineData("reasoning")]
    public async Task Thinking_is_apart_from_the_text(string field)
    {
        await using var server = await ModelServer.StartAsync(Answer(Reasoning("Hm", field), Reasoning(", well.", field), Content("Yes."), Finish("stop")));
        await using var models = ModelsUnderTest.OpenAI(server, TimeProvider.System);

        Assert.Equal(["asked first", "(Hm)", "(, well.)", "Yes.", "finish stop", "usage 11/7"], (await models.AskAsync()).Said);
    }

    [Fact]
    public async Task The_conversation_the_tools_and_the_pictures_are_sent()
    {
        await using var server = await ModelServer.StartAsync(Text("ok"));
        await using var models = ModelsUnderTest.OpenAI(server, TimeProvider.System, ("Model:MaxOutputTokens", "500"));
        ChatMessage[] messages =
        [
            new(ChatRole.System, "Be kind."),
            new(ChatRole.User, [new TextContent("What is this?"), new DataContent(new byte[] { 1, 2, 3 }, "image/png"), new UriContent("https://example.org/a.jpg", "image/jpeg")]),
            new(ChatRole.Assistant, [new TextContent("Wait."), new FunctionCallContent("c1", "weather", new Dictionary<string, object?> { ["city"] = "Köln" })]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", JsonElement.Parse("""{"t":21}"""))]),
        ];
        var tool = AIFunctionFactory.CreateDeclaration("weather", "Tells it.", JsonElement.Parse("""{"type":"object","properties":{"city":{"type":"string"}}}"""));
        await models.AskAsync(messages, new ChatOptions { Temperature = 0.5f, Tools = [tool] });

        var expected = """
            {"model":"first","stream":true,"stream_options":{"include_usage":true},"temperature":0.5,"max_tokens":500,"messages":[
            {"role":"system","content":"Be kind."},
            {"role":"user","content":[{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AQID"}},{"type":"image_url","image_url":{"url":"https://example.org/a.jpg"}}]},
            {"role":"assistant","content":"Wait.","tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\":\"Köln\"}"}}]},
            {"role":"tool","tool_call_id":"c1","content":"{\"t\":21}"}],
            "tools":[{"type":"function","function":{"name":"weather","description":"Tells it.","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]}
            """;
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), server.Questions[0].Body), server.Questions[0].Body.GetRawText());
    }

    public static TheoryData<ModelScript, string> Refusals => new()
    {
        { RateLimited("600"), RunErrorCodes.ModelRateLimited },
        { BadKey(ModelsUnderTest.Key), RunErrorCodes.ModelUnauthorized },
        { TooLong, RunErrorCodes.ContextTooLong },
        { Filtered, RunErrorCodes.ContentFiltered },
        { ServerError, RunErrorCodes.ModelError },
        { answer => answer.StatusAsync(404, ErrorText), RunErrorCodes.ModelError },
        { answer => answer.StatusAsync(302, ErrorText, ("Location", "https://example.org/")), RunErrorCodes.ModelError },
        { answer => answer.StatusAsync(200, ErrorText), RunErrorCodes.ModelError },
        { EndAfter(""), RunErrorCodes.ModelError },
        { CutAfter(""), RunErrorCodes.ModelError },
        { MalformedAfter(""), RunErrorCodes.ModelError },
        { ErrorAfter("", "context_length_exceeded"), RunErrorCodes.ContextTooLong },
        { ErrorAfter("", "rate_limit_exceeded"), RunErrorCodes.ModelRateLimited },
    };

    [Theory]
    [MemberData(nameof(Refusals), DisableDiscoveryEnumeration = true)]
    public async Task A_refusal_has_its_code_and_none_of_the_providers_words(ModelScript script, string code)
    {
        await using var server = await ModelServer.StartAsync(script);
        await using var models = ModelsUnderTest.OpenAI(server, TimeProvider.System);
        var (_, failure) = await models.AskAsync();

        Assert.Equal(code, failure?.Code);
        var seen = failure + models.Log.All;
        Assert.DoesNotContain(ErrorText, seen, StringComparison.Ordinal);
        Assert.DoesNotContain(ModelsUnderTest.Key, seen, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("end")]
    [InlineData("malformed")]
    [InlineData("oversize")]
    [InlineData("error")]
    public async Task What_was_said_before_a_failure_stands_and_nothing_is_asked_again(string how)
    {
        await using var server = await ModelServer.StartAsync(how switch
        {
            "cut" => CutAfter("So far"),
            "end" => EndAfter("So far"),
            "malformed" => MalformedAfter("So far"),
            "oversize" => OversizeAfter("So far"),
            _ => ErrorAfter("So far", "server_error"),
        });
        server.Script("second", Text("no"));
        await using var models = ModelsUnderTest.OpenAI(server, TimeProvider.System, ("Models:second:Name", "second"), ("Model:Fallback:0", "second"));
        var (said, failure) = await models.AskAsync();

        Assert.Equal(["asked first", "So far"], said);
        Assert.Equal(RunErrorCodes.ModelError, failure?.Code);
        Assert.Single(server.Questions);
    }

    [Fact]
    public async Task A_finish_reason_that_nobody_knows_is_an_end()
    {
        await using var server = await ModelServer.StartAsync(Answer(Content("Hi"), Finish("eos_token")));
        await using var models = ModelsUnderTest.OpenAI(server, TimeProvider.System);

        Assert.Equal(["asked first", "Hi", "finish stop", "usage 11/7"], (await models.AskAsync()).Said);
    }
}
