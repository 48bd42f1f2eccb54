using System.Runtime.InteropServices;
using System.Text.Json;

namespace StreamChat.Contracts.Tools;

/// <summary>Limits of the arguments of a call. Every sender of <see cref="CallTool"/> checks them first.</summary>
public static class ArgumentBounds
{
    /// <summary>How deep arguments may nest, the object itself being the first level: readers of the bus take 64 levels, and the message around it is two of them.</summary>
    public const int MostLevels = 62;

    /// <param name="arguments">The arguments.</param>
    /// <returns>Their size in bytes of UTF-8 JSON.</returns>
    public static int Bytes(JsonElement arguments) => JsonMarshal.GetRawUtf8Value(arguments).Length;

    /// <param name="arguments">The arguments.</param>
    /// <returns>Whether they nest deeper than <see cref="MostLevels"/>.</returns>
    public static bool AreTooDeep(JsonElement arguments)
    {
        var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(arguments), new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read())
        {
            if (reader.CurrentDepth >= MostLevels && reader.TokenType is (JsonTokenType.StartObject or JsonTokenType.StartArray))
            {
                return true;
            }
        }

        return false;
    }
}
