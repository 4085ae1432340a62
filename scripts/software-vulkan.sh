#!/usr/bin/env bash
# Mesa's software Vulkan (lavapipe), unpacked into a folder, without root: software-vulkan.sh FOLDER. Debian and its kin.
# Writes the variables that a program needs, one NAME=value a line. Dawn wants Mesa 23 or later; where the release is older, its backports serve.
set -euo pipefail
mkdir -p "$1"
folder=$(cd "$1" && pwd)
find_driver() { find "$folder" -name libvulkan_lvp.so -print -quit; }

if [ -z "$(find_driver)" ]; then
  cd "$folder"
  apt=()
  newest=$(apt-cache policy mesa-vulkan-drivers | sed -n 's/^ *Candidate: *\([0-9]*\).*/\1/p')
  if [ "${newest:-0}" -lt 23 ]; then
    # The same mirror's backports, in lists of our own: the system's are left alone.
    . /etc/os-release
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' | awk -v release="$VERSION_CODENAME" '$2 == release { print $1; exit }')
    key=$(dpkg -L debian-archive-keyring | grep -m 1 'debian-archive-keyring\.[gp]')
    mkdir -p lists/partial cache/archives/partial
    echo "deb [signed-by=$key] $mirror $VERSION_CODENAME-backports main" > backports.list
    apt=(-o "Dir::Etc::sourcelist=$folder/backports.list" -o Dir::Etc::sourceparts=/dev/null -o "Dir::State::lists=$folder/lists" -o "Dir::Cache=$folder/cache")
    apt-get "${apt[@]}" update >&2
  fi
  apt-get "${apt[@]}" download mesa-vulkan-drivers >&2
  apt-get download libvulkan1 >&2
  for package in *.deb; do dpkg-deb -x "$package" root; done
fi

driver=$(find_driver)
mkdir -p -m 700 "$folder/runtime"
printf '{"file_format_version": "1.0.0", "ICD": {"api_version": "1.3.0", "library_path": "%s"}}\n' "$driver" > "$folder/lavapipe.json"
echo "VK_ICD_FILENAMES=$folder/lavapipe.json"
echo "LD_LIBRARY_PATH=${driver%/*}${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
echo "XDG_RUNTIME_DIR=$folder/runtime"
