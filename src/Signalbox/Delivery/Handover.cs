using Signalbox.Delivery.Reading;
using Signalbox.Diagnostics;

namespace Signalbox.Delivery;

/// <summary>Whom a finding of a delivery file is handed to: the owner that the file's <c>owners</c> names for its role.</summary>
internal static class Handover
{
    public const string Security = "security", Devops = "devops";

    /// <param name="applications">Those that the finding may be about; where they differ in the owner, nobody is named.</param>
    public static Finding To(Finding finding, IEnumerable<Application> applications)
    {
        if (RoleOf(finding.Id) is not { } role) return finding;
        var owners = applications.Select(application => application.Owners.GetValueOrDefault(role)).Distinct().ToList();
        return owners is [{ } owner] ? finding with { HandTo = $"{role} ({owner})" } : finding;
    }

    /// <summary>What is only misspelt is mended by who wrote it.</summary>
    private static string? RoleOf(string id) => id switch
    {
        DeliveryIds.ArtifactEscapes => Security,
        DeliveryIds.ArtifactMissing or DeliveryIds.CommandMissing or DeliveryIds.PortConflict or DeliveryIds.PortInUse => Devops,
        _ => null,
    };
}
