using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using StreamChat.Gateway.Auth;
using StreamChat.Gateway.Connections;
using StreamChat.Gateway.Dialects.AgentEngine;
using StreamChat.Gateway.Dialects.Assistant;
using StreamChat.Gateway.Dialects.Native;

namespace StreamChat.Gateway.Http;

/// <summary>Section <c>Pages</c>.</summary>
internal sealed class PagesOptions : IValidatableObject
{
    public const string Section = "Pages";

    private const string Self = "self";

    /// <summary>
    /// Origins whose pages may show ours in a frame, for example <c>https://portal.example.com</c>; <c>self</c> for this host's own, <c>*</c>
    /// for all. None unless configured: a page in a frame can be made to take clicks that were meant for another.
    /// </summary>
    public IList<string> FrameAncestors { get; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < FrameAncestors.Count; i++)
        {
            if (FrameAncestors[i] is not (Self or OriginRule.Any) && (!Origin.TryParse(FrameAncestors[i], out var origin) || origin == Origin.Null))
            {
                yield return new("must be an origin such as https://portal.example.com, self or *", [$"{nameof(FrameAncestors)}:{i}"]);
            }
        }
    }

    /// <summary>The directive of the content security policy.</summary>
    public string FrameAncestorsDirective() => FrameAncestors.Count == 0
        ? "frame-ancestors 'none'"
        : $"frame-ancestors {string.Join(' ', FrameAncestors.Select(a => a == Self ? "'self'" : a == OriginRule.Any ? a : Origin.TryParse(a, out var origin) ? $"{origin}" : "'none'"))}";
}

/// <summary>The pages, held in the assembly so that they are there wherever the gateway runs.</summary>
internal static class Pages
{
    private const string Root = "wwwroot/";

    /// <summary>The agent engine's test page has a field for the address of the server to try, which may be another one.</summary>
    private const string ConnectsAnywhere = Root + "static/test_websocket.html";

    // the module that tells pages which dialects are switched on; the file itself is for the pages without a gateway, as tests have them
    private const string DialectList = Root + "kit/dialects.js";

    // the files that are of no use without one dialect, by how their paths begin; all others serve several pages
    private static readonly (string Prefix, string Dialect)[] FilesOfDialects =
    [
        ("index.html", NativeDialect.DialectName),
        ("chat", NativeDialect.DialectName),
        ("client/", NativeDialect.DialectName),
        ("test/", AssistantDialect.DialectName),
        ("static/", AgentEngineDialect.DialectName),
    ];

    /// <summary>Maps every file under its own path, except those of dialects that are switched off.</summary>
    public static void MapPages(this IEndpointRouteBuilder endpoints, DialectSwitches dialects)
    {
        foreach (var name in typeof(Pages).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(Root, StringComparison.Ordinal)))
        {
            var path = name[Root.Length..].Replace('\\', '/');
            if (FilesOfDialects.Any(f => path.StartsWith(f.Prefix, StringComparison.Ordinal) && !dialects.IsEnabled(f.Dialect)))
            {
                continue;
            }

            var page = name == DialectList ? endpoints.MakePage(name, DialectModule(dialects)) : endpoints.LoadPage(name);
            endpoints.MapGet("/" + path, (HttpContext context) => Serve(context, page)).OpenToOtherSites().ExcludeFromDescription();
        }
    }

    /// <summary>One page by its path, for an endpoint that serves it under another.</summary>
    public static Page LoadPage(this IEndpointRouteBuilder endpoints, string name)
    {
        using var stream = typeof(Pages).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException($"No embedded page {name}.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return endpoints.MakePage(name, content);
    }

    // pages show no link to a page or socket that is switched off
    private static byte[] DialectModule(DialectSwitches dialects) =>
        Encoding.UTF8.GetBytes($"export const dialects = [{string.Join(", ", dialects.Names.Select(n => $"'{JavaScriptEncoder.Default.Encode(n)}'"))}];\n");

    private static Page MakePage(this IEndpointRouteBuilder endpoints, string name, byte[] content)
    {
        new FileExtensionContentTypeProvider().TryGetContentType(name, out var type);
        type ??= "application/octet-stream";
        var charset = type.StartsWith("text/", StringComparison.Ordinal) ? "; charset=utf-8" : "";
        var options = endpoints.ServiceProvider.GetRequiredService<IOptions<PagesOptions>>().Value;
        return new Page(content, type + charset, $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\"", ContentSecurityPolicy(name, options));
    }

    public static IResult Serve(HttpContext context, Page page)
    {
        context.Response.Headers.ContentSecurityPolicy = page.ContentSecurityPolicy;
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        context.Response.Headers.CacheControl = "no-cache"; // asked again each time, answered 304 by its tag
        return Results.Bytes(page.Content, page.ContentType, entityTag: EntityTagHeaderValue.Parse(page.Tag));
    }

    // 'self' includes the sockets of this host; forms are sent by scripts
    private static string ContentSecurityPolicy(string name, PagesOptions options) =>
        $"default-src 'self'; img-src 'self' blob:; connect-src 'self'{(name == ConnectsAnywhere ? " ws: wss:" : "")}; form-action 'none'; {options.FrameAncestorsDirective()}; base-uri 'none'";

    internal sealed record Page(byte[] Content, string ContentType, string Tag, string ContentSecurityPolicy);
}
