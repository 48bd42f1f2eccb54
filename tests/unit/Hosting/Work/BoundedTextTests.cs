using StreamChat.Hosting.Work;

namespace StreamChat.UnitTests.Hosting.Work;

public sealed class BoundedTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a  b\n\n c")]
    [InlineData("                    twenty")]
    public void A_short_text_stays_as_it_is(string text) => Assert.Same(text, BoundedText.Ends(text));

    [Fact]
    public void Of_a_long_text_both_ends_are_seen()
    {
        var text = $"begin{new string('x', 100_000)}end";
        var seen = BoundedText.Ends(text);

        Assert.Equal(BoundedText.MaxChars, seen.Length);
        Assert.StartsWith("begin", seen, StringComparison.Ordinal);
        Assert.EndsWith("end", seen, StringComparison.Ordinal);
        Assert.Same(seen, BoundedText.Ends(seen));
    }

    [Theory]
    [InlineData(21, "")]
    [InlineData(21, "b")]
    [InlineData(90_000, "b")]
    [InlineData(3_000, "")]
    public void White_space_is_at_most_twenty_characters_long(int spaces, string behind) =>
        Assert.Equal(
            $"a{new string(' ', 20)}{behind}",
            BoundedText.Ends($"a{new string(' ', spaces)}{behind}"));

    [Fact]
    public void Every_run_of_white_space_is_shortened() =>
        Assert.Equal($"{new string('\t', 20)}a{new string('\n', 20)}b c", BoundedText.Ends($"{new string('\t', 50)}a{new string('\n', 30)}b c"));

    [Fact]
    public void No_character_is_cut_in_two()
    {
        for (var shift = 0; shift < 2; shift++)
        {
            var text = new string('x', shift) + string.Concat(Enumerable.Repeat("😀", 20_000));
            var seen = BoundedText.Ends(text);
            Assert.True(seen.Length <= BoundedText.MaxChars);
            Assert.DoesNotContain('\uFFFD', System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(seen)));
        }
    }

    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abc", 2, "ab")]
    [InlineData("a😀", 2, "a")]
    [InlineData("abc", 0, "")]
    public void A_start_ends_between_characters(string text, int chars, string start) => Assert.Equal(start, BoundedText.Start(text, chars));
}
