using System.Text.Json;

namespace StreamChat.Gateway.Http;

/// <summary>The OpenAPI description of the HTTP interface, which the page <c>/docs</c> shows.</summary>
internal static class ApiDescription
{
    private const string Path = "/openapi/v1.json";

    public static void AddApiDescription(this IServiceCollection services)
    {
        // for the schemas: they have the names that the answers have
        services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.TypeInfoResolverChain.Insert(0, HttpJson.Plain);
        });
        services.AddOpenApi(options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "StreamChat";
            document.Info.Description =
                "The HTTP interface beside the WebSockets. Paths and bodies are those of the services whose clients are served; counts and lists are of the whole cluster.";
            document.Servers?.Clear();
            return Task.CompletedTask;
        }));
    }

    /// <summary>Maps the description, and the page that shows it to people.</summary>
    public static void MapApiDescription(this IEndpointRouteBuilder endpoints)
    {
        var page = endpoints.LoadPage("wwwroot/docs/index.html");
        endpoints.MapOpenApi(Path);
        endpoints.MapGet("/docs", (HttpContext context) => Pages.Serve(context, page)).OpenToOtherSites().ExcludeFromDescription();
    }
}
