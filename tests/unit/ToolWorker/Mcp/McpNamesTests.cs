using System.Text.Json;
using ModelContextProtocol.Protocol;
using StreamChat.ToolWorker.Mcp;

namespace StreamChat.UnitTests.ToolWorker.Mcp;

public sealed class McpNamesTests
{
    private readonly McpServerSettings _settings = new();
    private readonly McpOptions _limits = new();

    [Fact]
    public void Names_are_what_model_providers_take()
    {
        var choice = Choose("echo", "files.read", "天气", new string('x', 61), new string('y', 63));

        Assert.Equal(["p_echo", "p_files_read", "p___", "p_" + new string('x', 61)], choice.Tools.Keys);
        Assert.Equal(new LeftOut(new string('y', 63), "its name is longer than 64 characters with the prefix"), choice.LeftOut.Single());
    }

    [Theory]
    [InlineData("transfer", "to_health")]
    [InlineData("transfer_to", "health")]
    [InlineData("Transfer", "To.health")]
    public void A_tool_that_the_model_would_take_for_a_hand_off_is_left_out(string prefix, string tool)
    {
        var choice = McpNames.Choose(prefix, _settings, _limits, [.. Tools(tool, "echo")]);

        Assert.Equal(prefix == "transfer_to" ? [] : [$"{prefix}_echo"], choice.Tools.Keys);
        Assert.Contains("hand-offs", choice.LeftOut[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_two_tools_that_would_get_one_name_the_first_is_offered()
    {
        var choice = Choose("a.b", "a_b");

        Assert.Equal("a.b", choice.Tools["p_a_b"].Name);
        Assert.Equal(new LeftOut("a_b", "the name p_a_b is taken by another of its tools"), Assert.Single(choice.LeftOut));
    }

    [Fact]
    public void Of_an_allow_list_only_what_is_there_is_offered_and_what_is_not_is_told()
    {
        _settings.Tools = ["echo", "gone"];
        var choice = Choose("add", "echo");

        Assert.Equal("p_echo", Assert.Single(choice.Tools.Keys));
        Assert.Equal(new LeftOut("gone", "the server has no such tool"), Assert.Single(choice.LeftOut));
    }

    [Fact]
    public void Number_and_size_of_tools_are_bounded()
    {
        _limits.ToolsPerServer = 2;
        _limits.ToolBytes = 1000;
        var large = new Tool { Name = "large", Description = new string('文', 400) };
        var choice = McpNames.Choose("p", _settings, _limits, [large, .. Tools("one", "two", "three")]);

        Assert.Equal(["p_one", "p_two"], choice.Tools.Keys);
        Assert.Equal(["large", "three"], choice.LeftOut.Select(l => l.Tool));
        Assert.Contains("Mcp:ToolBytes", choice.LeftOut[0].Reason, StringComparison.Ordinal);
        Assert.Contains("Mcp:ToolsPerServer", choice.LeftOut[1].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_in_a_log_is_one_line()
    {
        var left = Assert.Single(Choose("a\n" + new string('z', 200)).LeftOut);

        Assert.StartsWith("a?zz", left.Tool, StringComparison.Ordinal);
        Assert.Equal(81, left.Tool.Length);
    }

    private static IEnumerable<Tool> Tools(params string[] names) =>
        names.Select(n => new Tool { Name = n, InputSchema = JsonElement.Parse("""{"type":"object"}""") });

    private McpChoice Choose(params string[] names) => McpNames.Choose("p", _settings, _limits, [.. Tools(names)]);
}
