using System.Globalization;
using System.Text;
using StreamChat.Hosting.Identity;

namespace StreamChat.UnitTests.Hosting;

public sealed class VisibleNamesTests
{
    [Theory]
    [InlineData("ada")]
    [InlineData("Jörg")]
    [InlineData("Jo\u0308rg")] // with a combining mark
    [InlineData("大厅 1")]
    [InlineData("山\u3000田")]
    [InlineData("دانش\u200cآموز")] // Persian: without the non-joiner the two parts would run together
    [InlineData("می\u200cخواهم")]
    [InlineData("क्\u200dष")] // Hindi: asks for the half form
    [InlineData("ক্\u200cষ")]
    [InlineData("👋")]
    [InlineData("a-b_c.d@e")]
    [InlineData("")] // whether it may be empty is decided elsewhere
    public void What_can_be_seen_is_taken(string name) => Assert.True(VisibleNames.IsVisible(name));

    [Theory]
    [InlineData("ada\u202e")]
    [InlineData("a\u200bda")]
    [InlineData("ada\u200c")]
    [InlineData("ad\u200ca")] // Latin letters do not join
    [InlineData("دا\u200cنش")] // an alef does not join the next letter: the non-joiner changes nothing
    [InlineData("\u200cدانش")]
    [InlineData("می\u200c")]
    [InlineData("क\u200dष")] // no virama before it
    [InlineData("a\u00adb")]
    [InlineData("\ufeffada")]
    [InlineData("a\u2060b")]
    [InlineData("a\u2066b\u2069")]
    [InlineData("\u3164")]
    [InlineData("\u115f\u1160")]
    [InlineData("\uffa0")]
    [InlineData("a\u034fb")]
    [InlineData("a\ufe0f")]
    [InlineData("a\U000e0061")]
    [InlineData("a\U000e0101")]
    [InlineData("\u2800")]
    [InlineData("a\u180eb")]
    [InlineData("a\u17b4")]
    [InlineData("a\u2028b")]
    [InlineData("a\u00a0b")]
    [InlineData("a\u2009b")]
    [InlineData(" ada")]
    [InlineData("ada ")]
    [InlineData("   ")]
    [InlineData("a\nb")]
    [InlineData("a\0")]
    [InlineData("a\ufffd")]
    [InlineData("a\ud83d")]
    [InlineData("👨\u200d👩")] // in titles only
    public void What_cannot_be_seen_is_refused(string name) => Assert.False(VisibleNames.IsVisible(name));

    [Theory]
    [InlineData("The family 👨\u200d👩\u200d👧", true)]
    [InlineData("❤\ufe0f love", true)]
    [InlineData("👩🏽\u200d🚀 space", true)]
    [InlineData("1\ufe0f\u20e3", true)]
    [InlineData("🏳\ufe0f\u200d🌈", true)]
    [InlineData("a\ufe0f", false)]
    [InlineData("a\u200db", false)]
    [InlineData("👋\u200d", false)]
    [InlineData("👋\u202e", false)]
    [InlineData("👋\u200b", false)]
    public void A_title_may_have_emoji_of_several_characters(string title, bool isTaken) => Assert.Equal(isTaken, VisibleNames.IsVisible(title, emoji: true));

    [Fact]
    public void No_format_character_is_taken_between_letters_of_any_kind()
    {
        for (var value = 0; value <= 0x10FFFF; value++)
        {
            if (Rune.IsValid(value) && Rune.GetUnicodeCategory(new Rune(value)) is UnicodeCategory.Format or UnicodeCategory.Control)
            {
                Assert.False(VisibleNames.IsVisible($"a{new Rune(value)}b"), $"U+{value:X4}");
                Assert.False(VisibleNames.IsVisible($"大{new Rune(value)}厅", emoji: true), $"U+{value:X4}");
            }
        }
    }
}
