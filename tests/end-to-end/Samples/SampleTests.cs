namespace StreamChat.EndToEndTests.Samples;

/// <summary>The tests that share one stack.</summary>
[CollectionDefinition(nameof(SampleCollection))]
public sealed class SampleCollection : ICollectionFixture<SampleStack>;

/// <summary>The documents' own clients in Python and in JavaScript on Node, against real processes through the edge.</summary>
[Collection(nameof(SampleCollection))]
public sealed class SampleTests(SampleStack stack)
{
    [Fact]
    public async Task The_assistants_sample_in_python_prints_the_growing_answer()
    {
        var lines = "";
        await SampleRunner.PythonAsync(stack.WithOurAddress(SampleFiles.Original("assistant.py")), output =>
        {
            lines = output;
            return Answers(output) is [.., var last, var completion] && last.Length > 10 && last == completion;
        });
        var answers = Answers(lines);
        Assert.All(answers.Zip(answers.Skip(1)), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));

        static List<string> Answers(string output) =>
            [.. output.Split('\n').Where(l => l.StartsWith("AI 响应: ", StringComparison.Ordinal)).Select(l => l["AI 响应: ".Length..])];
    }

    [Fact]
    public async Task The_assistants_sample_in_javascript_shows_agent_text_messages_and_events()
    {
        var output = await SampleRunner.NodeAsync(
            stack.WithOurAddress(SampleFiles.Original("assistant.js")) + SampleFiles.Harness("assistant.js"), Passed);
        Assert.Contains("当前代理: ", output, StringComparison.Ordinal);
        Assert.Contains("579", output, StringComparison.Ordinal);
        Assert.Contains("calculator", output, StringComparison.Ordinal);
    }

    [Fact]
    public Task All_of_the_assistants_front_ends_see_the_end_of_an_answer() => PythonAsync("assistant_front_ends.py");

    [Fact]
    public async Task AuraWells_sample_in_javascript_runs_a_consultation()
    {
        var output = await SampleRunner.NodeAsync(
            SampleFiles.Harness("aurawell.js") + stack.WithOurAddress(SampleFiles.Original("aurawell.js")) + SampleFiles.Harness("aurawell-send.js"), Passed);
        Assert.Contains("欢迎消息: 欢迎使用AuraWell健康助手！", output, StringComparison.Ordinal);
        Assert.Contains("[sending]", output, StringComparison.Ordinal);
        Assert.Contains("[streaming]", output, StringComparison.Ordinal);
        Assert.DoesNotContain("未知消息类型", output, StringComparison.Ordinal);
    }

    [Fact]
    public Task AuraWells_phase_four_test_passes() => PythonAsync("aurawell_phase_iv.py");

    [Fact]
    public async Task The_agent_engines_sample_in_python_prints_the_stream_to_its_end()
    {
        var output = await SampleRunner.PythonAsync(
            stack.WithOurAddress(SampleFiles.Original("agent-engine.py")), o => o.Contains("✓ Stream completed", StringComparison.Ordinal));
        Assert.Contains("Connected to Agent WebSocket", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Error:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_agent_engines_sample_in_javascript_receives_the_stream() =>
        await SampleRunner.NodeAsync(
            stack.WithOurAddress(SampleFiles.Original("agent-engine.js")),
            o => o.Contains("stream_start", StringComparison.Ordinal) && o.Contains("stream_end", StringComparison.Ordinal));

    [Fact]
    public async Task The_agent_engines_uses_show_a_stream_and_a_number()
    {
        var output = await SampleRunner.NodeAsync(
            stack.WithOurAddress(SampleFiles.Harness("agent-engine-uses.js")) + SampleFiles.Original("agent-engine-uses.js"),
            o => o.Contains("RESULT", StringComparison.Ordinal));
        Assert.Contains("RESULT 579", output, StringComparison.Ordinal);
    }

    [Fact]
    public Task YYChats_test_passes() => PythonAsync("yychat_test_websocket.py");

    [Fact]
    public Task YYChats_connection_management_passes() => PythonAsync("yychat_connection_management.py");

    [Fact]
    public async Task The_migrations_test_client_reads_until_done() =>
        await SampleRunner.PythonAsync(stack.WithOurAddress(SampleFiles.Original("session.py")) + SampleFiles.Harness("session.py"), Passed);

    private static bool Passed(string output) => output.Contains("PASSED", StringComparison.Ordinal);

    private async Task PythonAsync(string name) => await SampleRunner.PythonAsync(stack.WithOurAddress(SampleFiles.Described(name)), Passed);
}
