using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Options;
using StreamChat.ToolWorker.Mcp;

namespace StreamChat.UnitTests.ToolWorker.Mcp;

public sealed class McpOptionsTests
{
    [Fact]
    public void What_is_configured_is_read()
    {
        var options = Read(
            ("files:Command", "npx"), ("files:Arguments:0", "-y"), ("files:Arguments:1", "server"), ("files:Environment:TOKEN", "t"), ("files:Tools:0", "read"),
            ("web:Transport", "Http"), ("web:Url", "https://example.org/mcp"), ("web:Headers:Authorization", "Bearer t"), ("web:Prefix", "www"), ("web:Timeout", "00:00:05"));

        var files = options.Servers["files"];
        Assert.Equal((McpTransport.Stdio, "npx", "-y server", "t", "read", TimeSpan.FromSeconds(30)), (files.Transport, files.Command, string.Join(' ', files.Arguments), files.Environment["TOKEN"], files.Tools.Single(), files.Timeout));
        var web = options.Servers["web"];
        Assert.Equal((McpTransport.Http, "Bearer t", "www", TimeSpan.FromSeconds(5)), (web.Transport, web.Headers["Authorization"], web.Prefix, web.Timeout));
    }

    [Theory]
    [InlineData("Mcp:Servers:a:Command", "a:Transport", "Stdio")]
    [InlineData("Mcp:Servers:a:Url", "a:Transport", "Http")]
    [InlineData("Mcp:Servers:a:Url", "a:Transport", "Http", "a:Url", "ftp://example.org")]
    [InlineData("Mcp:Servers:a:Url", "a:Transport", "Http", "a:Url", "https://user:secret@example.org")]
    [InlineData("Mcp:Servers:a:Command", "a:Transport", "Http", "a:Url", "https://example.org", "a:Command", "x")]
    [InlineData("Mcp:Servers:a:Url", "a:Command", "x", "a:Url", "https://example.org")]
    [InlineData("Mcp:Servers:a:WorkingDirectory", "a:Command", "x", "a:WorkingDirectory", "/no/such/folder")]
    [InlineData("Mcp:Servers:a:Environment:", "a:Command", "x", "a:Environment:A=B", "secret")]
    [InlineData("Mcp:Servers:a:Headers:X", "a:Transport", "Http", "a:Url", "https://example.org", "a:Headers:X", "secret\r\nY: 1")]
    [InlineData("Mcp:Servers:a:Headers:X Y", "a:Transport", "Http", "a:Url", "https://example.org", "a:Headers:X Y", "secret")]
    [InlineData("Mcp:Servers:a:Prefix", "a:Command", "x", "a:Prefix", "a.b")]
    [InlineData("Mcp:Servers:a:Timeout", "a:Command", "x", "a:Timeout", "00:00:00")]
    [InlineData("Mcp:Servers:a b", "a b:Command", "x")]
    [InlineData("Mcp:Servers:b:Prefix", "a:Command", "x", "b:Command", "x", "b:Prefix", "a")]
    public void A_wrong_value_is_refused_with_its_key_and_no_secret(string key, params string[] settings)
    {
        var failure = Assert.Single(Assert.Throws<OptionsValidationException>(() => Read([.. settings.Chunk(2).Select(s => (s[0], s[1]))])).Failures);

        Assert.StartsWith(key, failure, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_two_servers_with_one_prefix_one_may_be_switched_off() =>
        Assert.Equal(2, Read(("a:Command", "x"), ("b:Command", "x"), ("b:Prefix", "a"), ("b:Enabled", "false")).Servers.Count);

    private static McpOptions Read(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.ToDictionary(s => $"Mcp:Servers:{s.Key}", s => (string?)s.Value))
        .Build()
        .GetValidatedOptions<McpOptions>(McpOptions.Section);
}
