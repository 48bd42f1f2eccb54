using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace StreamChat.Storage;

/// <summary>Healthy while the database answers and its schema is up to date.</summary>
internal sealed class StoreHealthCheck(SqlTransactions store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        try
        {
            await store.PingAsync(cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (StoreUnavailableException e)
        {
            // the words for the operator are in the log; the answer of a probe may be seen by others
            return HealthCheckResult.Unhealthy("The database cannot be reached.", e);
        }
    }
}
