using StreamChat.Contracts.Threads;
using StreamChat.Gateway.Http;

namespace StreamChat.UnitTests.Gateway.Http;

public sealed class ThreadMarkdownTests
{
    [Fact]
    public void Code_in_a_block_stays_as_it_is()
    {
        var text = Write("```html\n<b>bold</b>\n```\n<b>bold</b>");
        Assert.Contains("> <b>bold</b>\n> ```\n", text, StringComparison.Ordinal);
        Assert.EndsWith("> &lt;b>bold&lt;/b>\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("    ```\n<script>", "indented code, no block")]
    [InlineData("\t```\n<script>", "the same")]
    [InlineData("\u00A0```\n<script>", "a paragraph")]
    [InlineData("- a\n  ```\n<script>", "a block that ends with the item")]
    [InlineData("```a`b\n<script>", "a code span")]
    [InlineData("~~~\ncode\n~~~~\n<script>", "a longer mark ends it, too")]
    public void Html_outside_of_a_block_of_code_is_shown_and_not_obeyed(string content, string why) =>
        Assert.False(Write(content).Contains("<script>", StringComparison.Ordinal), why);

    private static string Write(string content) =>
        ThreadMarkdown.Of(new ThreadMessage { Position = 1, Id = "m1", Role = "user", Content = content, CreatedAt = DateTimeOffset.UnixEpoch });
}
