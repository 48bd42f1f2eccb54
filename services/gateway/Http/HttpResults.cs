using System.Text.Json.Serialization.Metadata;
using StreamChat.Gateway.Cluster;

namespace StreamChat.Gateway.Http;

/// <summary>Answers in the form that all endpoints share.</summary>
internal static class HttpResults
{
    /// <summary>A body as JSON.</summary>
    public static IResult Json<T>(T body, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) => Results.Json(body, type, statusCode: status);

    /// <summary>A refusal with its reason.</summary>
    public static IResult Problem(int status, string detail) => Json(new ErrorBody(detail), HttpJson.Plain.ErrorBody, status);

    /// <summary>Parameters that cannot be used.</summary>
    public static IResult Invalid(ValidationBody body) => Json(body, HttpJson.Plain.ValidationBody, StatusCodes.Status422UnprocessableEntity);
}

/// <summary>Turns the exceptions that endpoints share into answers.</summary>
internal sealed class HttpExceptionFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (ClusterBusyException e)
        {
            context.HttpContext.Response.Headers.RetryAfter = "1";
            return HttpResults.Problem(StatusCodes.Status503ServiceUnavailable, e.Message);
        }
    }
}
