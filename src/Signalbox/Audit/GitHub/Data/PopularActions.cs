namespace Signalbox.Audit.GitHub.Data;

/// <summary>Actions whose names are worth imitating: those that most public workflows use.</summary>
internal static class PopularActions
{
    public static IReadOnlyList<string> Names { get; } =
    [
        "8398a7/action-slack", "actions/attest-build-provenance", "actions/cache", "actions/checkout", "actions/configure-pages",
        "actions/create-github-app-token", "actions/dependency-review-action", "actions/deploy-pages", "actions/download-artifact",
        "actions/github-script", "actions/labeler", "actions/setup-dotnet", "actions/setup-go", "actions/setup-java", "actions/setup-node",
        "actions/setup-python", "actions/stale", "actions/upload-artifact", "actions/upload-pages-artifact", "anchore/sbom-action",
        "anchore/scan-action", "appleboy/ssh-action", "aquasecurity/trivy-action", "astral-sh/setup-uv", "aws-actions/amazon-ecr-login",
        "aws-actions/configure-aws-credentials", "azure/login", "azure/setup-helm", "azure/setup-kubectl", "codecov/codecov-action",
        "dependabot/fetch-metadata", "docker/build-push-action", "docker/login-action", "docker/metadata-action", "docker/setup-buildx-action",
        "docker/setup-qemu-action", "dorny/paths-filter", "dtolnay/rust-toolchain", "github/codeql-action", "golangci/golangci-lint-action",
        "google-github-actions/auth", "google-github-actions/setup-gcloud", "goreleaser/goreleaser-action", "gradle/actions",
        "hashicorp/setup-terraform", "helm/kind-action", "JamesIves/github-pages-deploy-action", "mikefarah/yq", "ncipollo/release-action",
        "peaceiris/actions-gh-pages", "peter-evans/create-pull-request", "pnpm/action-setup", "pre-commit/action", "pypa/gh-action-pypi-publish",
        "release-drafter/release-drafter", "ruby/setup-ruby", "shivammathur/setup-php", "sigstore/cosign-installer", "slackapi/slack-github-action",
        "softprops/action-gh-release", "step-security/harden-runner", "styfle/cancel-workflow-action", "Swatinem/rust-cache",
        "tj-actions/changed-files",
    ];
}
