using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using StreamChat.Contracts.Runs;

namespace StreamChat.Gateway.Dialects.Native;

/// <summary>The pictures of a message: <c>images:[{mediaType, data | url}]</c>. How large they may be together, the limit of the frame says.</summary>
internal static class NativeImages
{
    public const int Most = 8;

    // what a media type is made of (RFC 6838), so that it can stand in a data URI
    private static readonly SearchValues<char> MediaTypeCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.+-_");

    private const string Image = "image/";
    private const int LongestMediaType = 100;
    private const int LongestUrl = 2048;

    /// <returns>Null when there are none.</returns>
    /// <exception cref="NativeFrameException">One is not as it should be.</exception>
    public static IReadOnlyList<InputImage>? Parse(JsonElement message, string role, Guid? runId)
    {
        if (!message.TryGetProperty("images", out var images) || images.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (images.ValueKind != JsonValueKind.Array || images.GetArrayLength() > Most)
        {
            throw Invalid($"Field 'images' must be an array with at most {Most} images.");
        }

        if (images.GetArrayLength() == 0)
        {
            return null;
        }

        return role == "user" ? [.. images.EnumerateArray().Select(ParseOne)] : throw Invalid("Only messages with the role 'user' have images.");

        InputImage ParseOne(JsonElement image)
        {
            if (image.ValueKind != JsonValueKind.Object)
            {
                throw Invalid("An image is an object with 'mediaType' and 'data' or 'url'.");
            }

            if (Text(image, "mediaType") is not { } mediaType || !IsImage(mediaType))
            {
                throw Invalid("An image's 'mediaType' begins with 'image/'.");
            }

            return (Text(image, "data"), Text(image, "url")) switch
            {
                ({ Length: > 0 } data, null) => Base64.IsValid(data)
                    ? new InputImage { MediaType = mediaType, Data = data }
                    : throw Invalid("An image's 'data' is base64."),
                (null, { } url) => IsUrl(url)
                    ? new InputImage { MediaType = mediaType, Url = url }
                    : throw Invalid($"An image's 'url' is an http or https address of at most {LongestUrl} characters."),
                _ => throw Invalid("An image has either 'data' or 'url'."),
            };
        }

        NativeFrameException Invalid(string why) => NativeFrameException.Invalid(why, runId);
    }

    private static string? Text(JsonElement image, string name) =>
        image.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool IsImage(string mediaType) =>
        mediaType.StartsWith(Image, StringComparison.Ordinal) && mediaType.Length > Image.Length && mediaType.Length <= LongestMediaType
        && !mediaType.AsSpan(Image.Length).ContainsAnyExcept(MediaTypeCharacters);

    private static bool IsUrl(string url) =>
        url.Length <= LongestUrl && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0;
}
