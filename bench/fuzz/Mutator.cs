using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace StreamChat.Fuzz;

/// <summary>Makes bad input of good input: by its JSON structure, and by its bytes.</summary>
/// <param name="random">Its choices; the same seed makes the same input.</param>
internal sealed class Mutator(Random random)
{
    private const int LongText = 20_000;
    private const int DeepNesting = 200;

    private static readonly string[] Texts =
    [
        "", " ", "\0", "\r\n", "../..", "..", ".", "%2e%2e", "'; DROP TABLE threads; --", "\"", "\\", "<script>alert(1)</script>", "{{x}}", "${x}",
        "\u202Eabc", "\u200B", "\uFEFF", "\uFFFD", "\uFFFF", "e\u0301\u0301\u0301", "аda", "ＡＤＡ", "👩‍👩‍👧‍👦", "把把把", "~room/x", "~room/user_ada_room",
        "null", "true", "0", "-1", "1e400", "00000000-0000-0000-0000-000000000000", "0192f0c1-7b1e-7c3a-9a55-0123456789ab", "*", "#", "a.b.c",
        "2024-13-45T99:99:99Z", "http://169.254.169.254/", "file:///etc/passwd", "/load 3", "What is 12 * 12?", "add a note: x", "delete my notes",
    ];

    private static readonly string[] Literals =
    [
        "null", "true", "false", "0", "-1", "-0", "1.5", "1e308", "1e400", "-1e400", "9007199254740993", "9223372036854775808",
        "123456789012345678901234567890", "[]", "{}", "[null]", "{\"\":null}", "[[[[]]]]", "\"\\ud800\"", "\"\\udc00x\"", "\"\\u0000\"",
    ];

    private static readonly byte[][] Bytes =
    [
        [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF, 0xFE], [0xE2, 0x82], [0x00], [0x80], "\r\n\r\n"u8.ToArray(), [0xEF, 0xBB, 0xBF],
    ];

    public Random Random => random;

    public bool Chance(double share) => random.NextDouble() < share;

    public T Pick<T>(IReadOnlyList<T> all) => all[random.Next(all.Count)];

    /// <summary>A text that programs have stumbled over, or a long one, or random ones.</summary>
    public string Text() => random.Next(10) switch
    {
        0 => new string(Pick<string>(["a", "把", " ", "1", "(", "\\", "é"])[0], random.Next(1, LongText)),
        1 => string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => ToText(random.Next(1, 0x10000)))),
        2 => Pick(Texts) + Pick(Texts),
        _ => Pick(Texts),
    };

    /// <summary>Any JSON.</summary>
    public string Json(int depth = 3) => random.Next(depth > 0 ? 8 : 5) switch
    {
        0 => JsonSerializer.Serialize(Text()),
        1 => random.Next().ToString(CultureInfo.InvariantCulture),
        5 => $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Json(depth - 1)))}]",
        6 => $"{{{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => $"{JsonSerializer.Serialize(Text())}:{Json(depth - 1)}"))}}}",
        7 => Nested(),
        _ => Pick(Literals),
    };

    /// <summary>Changes a text of JSON: mostly by its structure, sometimes by its bytes, sometimes not at all.</summary>
    public byte[] Frame(string json)
    {
        var changed = json;
        for (var i = random.Next(4); i > 0; i--)
        {
            changed = Structure(changed);
        }

        var bytes = Encoding.UTF8.GetBytes(changed);
        return Chance(0.2) ? Raw(bytes) : bytes;
    }

    /// <summary>Changes bytes.</summary>
    public byte[] Raw(byte[] bytes)
    {
        List<byte> changed = [.. bytes];
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var at = random.Next(changed.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < changed.Count:
                    changed[at] = (byte)random.Next(256);
                    break;
                case 1 when at < changed.Count:
                    changed.RemoveRange(at, random.Next(1, Math.Min(16, changed.Count - at) + 1));
                    break;
                case 2:
                    changed.InsertRange(at, Pick(Bytes));
                    break;
                case 3:
                    changed.RemoveRange(at, changed.Count - at);
                    break;
                default:
                    changed.InsertRange(at, changed.GetRange(0, Math.Min(at, 200)));
                    break;
            }
        }

        return [.. changed];
    }

    private static string ToText(int unit) => char.IsSurrogate((char)unit) ? "\uFFFD" : ((char)unit).ToString();

    private string Nested()
    {
        var depth = random.Next(DeepNesting);
        return string.Concat(Enumerable.Repeat("[", depth)) + string.Concat(Enumerable.Repeat("]", depth));
    }

    // a value is replaced by a mark and the mark by text, so that what no JsonNode holds (1e400, lone surrogates) comes in too
    private string Structure(string json)
    {
        try
        {
            return Structure(JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { MaxDepth = 1000, AllowDuplicateProperties = false }));
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // an earlier change has made it something that is no JSON, or holds half a character; it stays as it is
            return json;
        }
    }

    private string Structure(JsonNode? root)
    {
        List<(JsonNode Parent, string? Name, int Index)> places = [];
        Collect(root, places);
        if (places.Count == 0)
        {
            return Json();
        }

        const string Mark = "\"@mark@\"";
        var (parent, name, index) = places[random.Next(places.Count)];
        string replacement;
        switch (random.Next(6))
        {
            case 0 when parent is JsonObject parentObject:
                parentObject.Remove(name!);
                return root!.ToJsonString();
            case 1 when parent is JsonObject parentObject:
                var moved = parentObject[name!]?.DeepClone();
                parentObject.Remove(name!);
                parentObject[Chance(0.5) ? Text() : name!.ToUpperInvariant()] = moved;
                return root!.ToJsonString();
            case 2 when parent is JsonObject parentObject:
                // the same member twice
                replacement = (parentObject[name!]?.ToJsonString() ?? "null") + $",{JsonSerializer.Serialize(name)}:{Json()}";
                break;
            case 3:
                replacement = Json();
                break;
            default:
                replacement = JsonSerializer.Serialize(Text());
                break;
        }

        if (parent is JsonObject named)
        {
            named[name!] = "@mark@";
        }
        else
        {
            ((JsonArray)parent)[index] = "@mark@";
        }

        return root!.ToJsonString().Replace(Mark, replacement, StringComparison.Ordinal);
    }

    private static void Collect(JsonNode? node, List<(JsonNode Parent, string? Name, int Index)> places)
    {
        if (node is JsonObject members)
        {
            foreach (var (name, value) in members)
            {
                places.Add((members, name, 0));
                Collect(value, places);
            }
        }
        else if (node is JsonArray items)
        {
            for (var i = 0; i < items.Count; i++)
            {
                places.Add((items, null, i));
                Collect(items[i], places);
            }
        }
    }
}
