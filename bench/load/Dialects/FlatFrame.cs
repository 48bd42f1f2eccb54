using System.Text.Json;

namespace StreamChat.Load.Dialects;

/// <summary>What the dialects with simple frames have in common: a type and text beside it.</summary>
internal readonly ref struct FlatFrame
{
    public ReadOnlySpan<byte> Type { get; private init; }

    /// <summary>The member <c>content</c>.</summary>
    public ReadOnlySpan<byte> Content { get; private init; }

    /// <summary>The member that was asked for.</summary>
    public ReadOnlySpan<byte> Other { get; private init; }

    /// <param name="utf8">The frame.</param>
    /// <param name="other">The name of one more member, of which the text is wanted.</param>
    public static FlatFrame Read(ReadOnlySpan<byte> utf8, scoped ReadOnlySpan<byte> other)
    {
        ReadOnlySpan<byte> type = default, content = default, text = default;
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        while (reader.ReadProperty())
        {
            if (reader.ValueTextEquals("type"u8))
            {
                type = reader.ReadText();
            }
            else if (reader.ValueTextEquals("content"u8))
            {
                content = reader.ReadText();
            }
            else if (reader.ValueTextEquals(other))
            {
                text = reader.ReadText();
            }
            else
            {
                reader.Skip();
            }
        }

        return new() { Type = type, Content = content, Other = text };
    }
}
