//! Hosts of code and registries of packages, and what reviews code.

use super::shape::Class::{
    Alphanumeric, Base64, Digit, Hex, LowerAlphanumeric, LowerHex, PaddedUrl, Url,
};
use super::shape::Part::{AtLeast, Between, Exactly, OneOf, Text, Uuid};
use super::{Format, Service, key, proof, service};

/// Keys with a prefix or a mark inside. For the sources see the parent module.
pub(super) static FORMATS: &[Format] = &[
    key("github-pat", "ghp_", &[Exactly(Alphanumeric, 36)]).proved(proof::github),
    key("github-oauth", "gho_", &[Exactly(Alphanumeric, 36)]).proved(proof::github),
    key("github-app-token", "ghu_", &[Exactly(Alphanumeric, 36)]).proved(proof::github),
    key("github-app-token", "ghs_", &[Exactly(Alphanumeric, 36)]).proved(proof::github),
    key("github-refresh-token", "ghr_", &[Exactly(Alphanumeric, 36)]).proved(proof::github),
    key("github-refresh-token", "ghr_", &[Exactly(Alphanumeric, 76)]).proved(proof::github),
    key("github-fine-grained-pat", "github_pat_", &[Exactly(Url, 82)]),
    key("gitlab-pat", "glpat-", &[Exactly(Url, 20)]),
    key(
        "gitlab-pat-routable",
        "glpat-",
        &[Between(Url, 27, 300), Text("."), Exactly(LowerAlphanumeric, 9)],
    ),
    key("gitlab-deploy-token", "gldt-", &[Exactly(Url, 20)]),
    key("gitlab-runner-authentication-token", "glrt-", &[Exactly(Url, 20)]),
    key(
        "gitlab-runner-authentication-token-routable",
        "glrt-t",
        &[
            Exactly(Digit, 1),
            Text("_"),
            Between(Url, 27, 300),
            Text("."),
            Exactly(LowerAlphanumeric, 9),
        ],
    ),
    key("gitlab-ptt", "glptt-", &[Exactly(LowerHex, 40)]),
    key("gitlab-scim-token", "glsoat-", &[Between(Url, 20, 50)]),
    key(
        "gitlab-cicd-job-token",
        "glcbt-",
        &[Between(Alphanumeric, 1, 5), Text("_"), Exactly(Url, 20)],
    ),
    key("gitlab-feed-token", "glft-", &[Exactly(Url, 20)]),
    key("gitlab-feature-flag-client-token", "glffct-", &[Exactly(Url, 20)]),
    key("gitlab-incoming-mail-token", "glimt-", &[Exactly(Url, 25)]),
    key("gitlab-kubernetes-agent-token", "glagent-", &[Exactly(Url, 50)]),
    key("gitlab-oauth-app-secret", "gloas-", &[Exactly(Url, 64)]),
    key("gitlab-rrt", "GR1348941", &[Exactly(Url, 20)]),
    key("gitlab-session-cookie", "_gitlab_session=", &[Exactly(LowerAlphanumeric, 32)]),
    key("bitbucket-app-password", "ATBB", &[Exactly(Alphanumeric, 32)]),
    key("bitbucket-access-token", "ATCTT3xFfGN0", &[Between(PaddedUrl, 100, 260)]),
    key("npm-access-token", "npm_", &[Exactly(Alphanumeric, 36)]).proved(proof::github),
    // `pypi.org` and `test.pypi.org` as the location of a macaroon, in base 64.
    key("pypi-upload-token", "pypi-AgEIcHlwaS5vcmc", &[AtLeast(Url, 70)]),
    key("pypi-upload-token", "pypi-AgENdGVzdC5weXBpLm9yZw", &[AtLeast(Url, 70)]),
    key("rubygems-api-token", "rubygems_", &[Exactly(LowerHex, 48)]),
    key("clojars-api-token", "CLOJARS_", &[Exactly(LowerAlphanumeric, 60)]),
    key("crates-io-token", "cio", &[Exactly(Alphanumeric, 32)]),
    key("nuget-api-key", "oy2", &[Exactly(LowerAlphanumeric, 43)]),
    key("docker-pat", "dckr_pat_", &[Exactly(Url, 27)]),
    key("docker-organization-token", "dckr_oat_", &[Between(Url, 32, 40)]),
    key(
        "packagist-token",
        "packagist_",
        &[OneOf(&["uut_", "ort_", "out_", "rut_"]), Exactly(LowerHex, 68)],
    ),
    key("nexus-npm-token", "NpmToken.", &[Uuid]),
    key("artifactory-api-key", "AKCp", &[Exactly(Alphanumeric, 69)]),
    key("artifactory-reference-token", "cmVmd", &[Exactly(Alphanumeric, 59)]),
    // Older ones, and encrypted passwords, which their documentation shows masked.
    key("artifactory", "AKC", &[Between(Alphanumeric, 10, 20)]).masked(),
    key(
        "artifactory",
        "AP",
        &[
            OneOf(&[
                "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "A", "B", "C", "D", "E", "F",
            ]),
            Between(Alphanumeric, 10, 60),
        ],
    )
    .masked(),
    key("sourcegraph-access-token", "sgp_local_", &[Exactly(Hex, 40)]),
    key("sourcegraph-access-token", "sgp_", &[Exactly(Hex, 16), Text("_"), Exactly(Hex, 40)]),
    key("sourcegraph-access-token", "sgp_", &[Exactly(Hex, 40)]),
    key("sourcegraph-license-key", "slk_", &[Exactly(LowerHex, 64)]),
    key("sonar-api-token", "squ_", &[Exactly(PaddedUrl, 40)]),
    key("sonar-api-token", "sqp_", &[Exactly(PaddedUrl, 40)]),
    key("sonar-api-token", "sqa_", &[Exactly(PaddedUrl, 40)]),
    key(
        "snyk-api-token",
        "snyk_uat.",
        &[Exactly(LowerHex, 8), Text("."), Between(Url, 20, 90), Text("."), Between(Url, 20, 90)],
    ),
    key(
        "jetbrains-permanent-token",
        "perm:",
        &[
            Between(Base64, 8, 40),
            Text("."),
            Between(Base64, 4, 60),
            Text("."),
            Between(Alphanumeric, 20, 40),
        ],
    ),
    key(
        "jetbrains-permanent-token",
        "perm-",
        &[
            Between(Base64, 8, 40),
            Text("."),
            Between(Base64, 4, 60),
            Text("."),
            Between(Alphanumeric, 20, 40),
        ],
    ),
    key("postman-api-token", "PMAK-", &[Exactly(LowerHex, 24), Text("-"), Exactly(LowerHex, 34)]),
    key("postman-collection-token", "PMAT-", &[Exactly(Alphanumeric, 26)]),
    key("readme-api-token", "rdme_", &[Exactly(LowerAlphanumeric, 70)]),
    key("infracost-api-token", "ico-", &[Exactly(Alphanumeric, 32)]),
];

/// Keys without a prefix.
pub(super) static SERVICES: &[Service] = &[
    service(
        &["bitbucket"],
        &[
            ("bitbucket-client-id", &[Exactly(Alphanumeric, 32)]),
            ("bitbucket-client-secret", &[Exactly(PaddedUrl, 64)]),
        ],
    ),
    service(
        &["jfrog", "artifactory", "bintray", "xray"],
        &[
            ("jfrog-api-key", &[Exactly(Alphanumeric, 73)]),
            ("jfrog-identity-token", &[Exactly(Alphanumeric, 64)]),
        ],
    ),
    service(&["snyk"], &[("snyk-api-token", &[Uuid])]),
    service(&["sonar"], &[("sonar-api-token", &[Exactly(PaddedUrl, 40)])]),
    service(&["sourcegraph"], &[("sourcegraph-access-token", &[Exactly(Hex, 40)])]),
    service(
        &["gitea", "gogs", "forgejo", "codeberg"],
        &[("gitea-access-token", &[Exactly(LowerHex, 40)])],
    ),
    service(&["github"], &[("github-client-secret", &[Exactly(LowerHex, 40)])]),
    service(
        &["codecov"],
        &[
            ("codecov-access-token", &[Exactly(Alphanumeric, 32)]),
            ("codecov-upload-token", &[Uuid]),
        ],
    ),
    service(&["codacy"], &[("codacy-api-token", &[Exactly(Alphanumeric, 20)])]),
    service(&["codeclimate"], &[("codeclimate-reporter-id", &[Exactly(LowerHex, 64)])]),
    service(&["coveralls"], &[("coveralls-repo-token", &[Exactly(Alphanumeric, 33)])]),
    service(&["cloudsmith"], &[("cloudsmith-api-key", &[Exactly(LowerHex, 40)])]),
    service(&["packagecloud"], &[("packagecloud-token", &[Exactly(LowerHex, 48)])]),
    service(&["gitter"], &[("gitter-access-token", &[Exactly(Url, 40)])]),
    service(
        &["//registry.npmjs.org/:", "//npm.pkg.github.com/:"],
        &[("npm-access-token", &[Uuid])],
    ),
    service(
        &["libraries.io", "librariesio"],
        &[("libraries-io-api-key", &[Exactly(LowerHex, 32)])],
    ),
    service(&["anaconda"], &[("anaconda-token", &[Text("an-"), Between(Url, 30, 60)])]),
];
