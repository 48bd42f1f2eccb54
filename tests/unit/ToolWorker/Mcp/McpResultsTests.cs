using System.Text;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using StreamChat.ToolWorker.Mcp;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.UnitTests.ToolWorker.Mcp;

public sealed class McpResultsTests
{
    private static readonly byte[] FourBytes = Encoding.ASCII.GetBytes(Convert.ToBase64String([1, 2, 3, 4]));

    [Fact]
    public void Text_is_text()
    {
        Assert.Equal("\"雨\"", Json(Text("雨")));
        Assert.Equal("\"one\\ntwo\"", Json(Text("one"), Text("two")));
        Assert.Equal("\"\"", Json());
    }

    [Fact]
    public void Structured_content_goes_before_its_text() => Assert.Equal(
        """{"degrees":7}""",
        McpResults.ToJson(new CallToolResult { Content = [Text("7 degrees")], StructuredContent = JsonElement.Parse("""{"degrees":7}""") }).GetRawText());

    [Fact]
    public void Of_what_a_model_cannot_read_kind_and_size_are_told() => Assert.Equal(
        """
        [{"type":"text","text":"Look:"},{"type":"image","mimeType":"image/png","bytes":4},{"type":"audio","mimeType":"audio/wav","bytes":4},{"type":"resource_link","uri":"file:///a","name":"a","mimeType":"text/plain"},{"type":"resource","uri":"file:///b","text":"inside"},{"type":"resource","uri":"file:///c","mimeType":"application/zip","bytes":4}]
        """,
        Json(
            Text("Look:"),
            new ImageContentBlock { Data = FourBytes, MimeType = "image/png" },
            new AudioContentBlock { Data = FourBytes, MimeType = "audio/wav" },
            new ResourceLinkBlock { Uri = "file:///a", Name = "a", MimeType = "text/plain" },
            new EmbeddedResourceBlock { Resource = new TextResourceContents { Uri = "file:///b", Text = "inside" } },
            new EmbeddedResourceBlock { Resource = new BlobResourceContents { Uri = "file:///c", Blob = FourBytes, MimeType = "application/zip" } }));

    [Fact]
    public void An_error_is_the_models_to_read_and_bounded()
    {
        Assert.Equal("No such city.", Error(Text("No such city.")));
        Assert.Equal("The tool failed and did not say why.", Error());
        Assert.Equal((8 * 1024) + 1, Error(Text(new string('x', 100_000))).Length);
    }

    private static TextContentBlock Text(string text) => new() { Text = text };

    private static string Json(params ContentBlock[] content) => McpResults.ToJson(new CallToolResult { Content = content }).GetRawText();

    private static string Error(params ContentBlock[] content) =>
        Assert.Throws<ToolException>(() => McpResults.ToJson(new CallToolResult { Content = content, IsError = true })).Message;
}
