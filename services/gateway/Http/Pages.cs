using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace StreamChat.Gateway.Http;

/// <summary>The pages, held in the assembly so that they are there wherever the gateway runs.</summary>
internal static class Pages
{
    private const string Root = "wwwroot/";
    private const string ContentSecurityPolicy = "default-src 'self'; img-src 'self' blob:; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>Maps every file under its own path.</summary>
    public static void MapPages(this IEndpointRouteBuilder endpoints)
    {
        foreach (var name in typeof(Pages).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(Root, StringComparison.Ordinal)))
        {
            var page = Load(name);
            endpoints.MapGet("/" + name[Root.Length..].Replace('\\', '/'), (HttpContext context) => Serve(context, page)).ExcludeFromDescription();
        }
    }

    /// <summary>One page by its path, for an endpoint that serves it under another.</summary>
    public static Page Load(string name)
    {
        using var stream = typeof(Pages).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException($"No embedded page {name}.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        new FileExtensionContentTypeProvider().TryGetContentType(name, out var type);
        type ??= "application/octet-stream";
        var charset = type.StartsWith("text/", StringComparison.Ordinal) ? "; charset=utf-8" : "";
        return new Page(content, type + charset, $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\"");
    }

    public static IResult Serve(HttpContext context, Page page)
    {
        context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Headers.CacheControl = "no-cache"; // asked again each time, answered 304 by its tag
        return Results.Bytes(page.Content, page.ContentType, entityTag: EntityTagHeaderValue.Parse(page.Tag));
    }

    internal sealed record Page(byte[] Content, string ContentType, string Tag);
}
